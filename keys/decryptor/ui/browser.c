/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * `ui --browser`: a browser whose profile lies on a file system in memory
 * and is removed at the end. The one-time address never stands in a command
 * line, which other users could read: the browser opens a file of ours that
 * leads there. The only place of this program that starts another.
 */
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/magic.h>

#include "../files.h"
#include "../sandbox.h"
#include "../terminal.h"
#include "ui.h"

static pid_t child = -1;
static char profile[128];

/* Firefox: nothing on disk, nothing remote, no first-run pages */
static const char prefs[] =
    "user_pref(\"browser.privatebrowsing.autostart\", true);\n"
    "user_pref(\"browser.cache.disk.enable\", false);\n"
    "user_pref(\"browser.sessionstore.resume_from_crash\", false);\n"
    "user_pref(\"browser.shell.checkDefaultBrowser\", false);\n"
    "user_pref(\"browser.aboutwelcome.enabled\", false);\n"
    "user_pref(\"browser.formfill.enable\", false);\n"
    "user_pref(\"signon.rememberSignons\", false);\n"
    "user_pref(\"layout.spellcheckDefault\", 0);\n"
    "user_pref(\"datareporting.policy.dataSubmissionEnabled\", false);\n"
    "user_pref(\"toolkit.telemetry.enabled\", false);\n"
    "user_pref(\"app.update.enabled\", false);\n"
    "user_pref(\"network.captive-portal-service.enabled\", false);\n"
    "user_pref(\"network.connectivity-service.enabled\", false);\n"
    "user_pref(\"network.prefetch-next\", false);\n"
    "user_pref(\"browser.safebrowsing.malware.enabled\", false);\n"
    "user_pref(\"browser.safebrowsing.phishing.enabled\", false);\n"
    "user_pref(\"extensions.update.enabled\", false);\n";

static enum err
profile_make(const struct ui *ui)
{
	static const char *const place[] = {"/dev/shm", NULL};
	const char *run = getenv("XDG_RUNTIME_DIR");
	const char *const *p = place;
	struct statfs fs;
	char page[512];
	int dir = -1;
	enum err e;

	if (run == NULL || statfs(run, &fs) != 0 ||
	    fs.f_type != TMPFS_MAGIC) {
		run = *p;
		if (statfs(run, &fs) != 0 || fs.f_type != TMPFS_MAGIC) {
			say_error("no folder in memory for the browser's "
			    "profile: neither XDG_RUNTIME_DIR nor /dev/shm "
			    "is a tmpfs");
			return ERR_IO;
		}
	}
	snprintf(profile, sizeof profile, "%.80s/meldluik-XXXXXX", run);
	if (mkdtemp(profile) == NULL) {
		profile[0] = 0;
		return ERR_IO;
	}
	dir = open(profile, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(page, sizeof page, "<!DOCTYPE html><html lang=\"en\"><head>"
	    "<meta charset=\"utf-8\"><title>Meldluik</title>"
	    "<meta http-equiv=\"refresh\" content=\"0;url=%s/open/%s\">"
	    "</head><body></body></html>\n", ui->origin, ui->ticket);
	e = dir < 0 ? ERR_IO : file_create(dir, "start.html", page,
	    strlen(page));
	if (e == OK) {
		e = file_create(dir, "user.js", prefs, strlen(prefs));
	}
	if (dir >= 0) {
		close(dir);
	}
	return e;
}

static void
become(const char *program)
{
	char start[256], option[256];
	const char *name = strrchr(program, '/');
	const char *firefox[] = {program, "--no-remote",
		"--profile", profile, start, NULL};
	const char *chromium[] = {program, option,
		"--no-first-run", "--incognito", "--disable-sync",
		"--disable-background-networking",
		"--disable-component-update", "--disable-default-apps",
		"--disk-cache-size=1", start, NULL};

	snprintf(start, sizeof start, "file://%s/start.html", profile);
	snprintf(option, sizeof option, "--user-data-dir=%s", profile);
	name = name == NULL ? program : name + 1;
	execv(program, (char *const *)(uintptr_t)(strstr(name, "chrom") !=
	    NULL ? chromium : firefox));
	_exit(127);
}

enum err
browser_start(struct ui *ui, const char *program)
{
	static const char *const known[] = {"/usr/bin/firefox-esr",
		"/usr/bin/firefox", "/usr/bin/chromium"};
	pid_t self = getpid();
	enum err e;

	for (size_t i = 0; program[0] == 0 && i < 3; i++) {
		if (access(known[i], X_OK) == 0) {
			program = known[i];
		}
	}
	if (program[0] != '/' || access(program, X_OK) != 0) {
		say_error("there is no browser to start; install firefox-esr "
		    "or chromium, or name one: --browser-program FILE, with "
		    "its whole path");
		return ERR_UNKNOWN;
	}
	e = profile_make(ui);
	if (e != OK) {
		return e;
	}
	child = fork();
	if (child == 0) { /* what it shows must not outlive the desk */
		if (!sandbox_bound(self)) {
			_exit(127);
		}
		signal(SIGPIPE, SIG_DFL);
		become(program);
	}
	return child < 0 ? ERR_IO : OK;
}

bool
browser_running(void)
{
	int status;

	if (child > 0 && waitpid(child, &status, WNOHANG) == child) {
		child = -1;
	}
	return child > 0;
}

const char *
browser_profile(void)
{
	return profile[0] == 0 ? NULL : profile;
}

static int
remove_one(const char *path, const struct stat *st, int flag,
    struct FTW *ftw)
{
	(void)st;
	(void)ftw;
	/* not remove(): it tries a folder as a file, which confine.c forbids
	 * for the one that the profile is */
	(void)(flag == FTW_DP ? rmdir(path) : unlink(path));
	return 0;
}

void
browser_end(void)
{
	if (child > 0) {
		kill(child, SIGTERM);
		waitpid(child, NULL, 0);
		child = -1;
	}
	if (profile[0] != 0) {
		nftw(profile, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		profile[0] = 0;
	}
}
