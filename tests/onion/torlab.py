#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
# Origin: the project's feasibility study (proven there on Debian's tor 0.4.9,
# 18 to 37 s until the onion answers); --first-option added since.
"""torlab - a complete private Tor network on 127.0.0.1, with a v3 onion service.

It runs, as ordinary processes of the calling user, directory authorities
(which are also the relays), one tor that hosts an onion service per --target,
and one client tor with a SOCKS port.  There is no exit, every listener is on
127.0.0.1, and no address outside this machine appears in any configuration:
nothing can leave.

  torlab.py DIR --target 127.0.0.1:8080 --target unix:/run/gw.sock
      starts the network in the new directory DIR, waits until every onion
      answers through the client's SOCKS port, prints the lines below, and
      stays until SIGINT or SIGTERM.
  torlab.py DIR --target unix:/run/gw.sock -- ./run-tests.sh
      the same, then runs the command with the lines in its environment,
      stops the network, and exits with the command's status.

Printed, and written to DIR/env (which appears only once all is ready):
  TORLAB_SOCKS=127.0.0.1:PORT            SOCKS5 port of the client
  TORLAB_ONION=ADDRESS.onion             the first --target
  TORLAB_ONION_2=ADDRESS.onion           the second, and so on
  TORLAB_STRANGER_SOCKS=127.0.0.1:PORT   with --auth: a client without the key
  TORLAB_METRICS=127.0.0.1:PORT          the service's Prometheus page, /metrics

Needs /usr/sbin/tor and /usr/bin/tor-gencert (package tor; the system service
need not run) and, for --auth, /usr/bin/openssl.  Exit status: the command's,
or 0 after a signal, 1 if the network failed, 2 for wrong usage.
"""
import argparse, base64, os, pathlib, signal, socket, subprocess, sys, time

TOR, GENCERT, OPENSSL = "/usr/sbin/tor", "/usr/bin/tor-gencert", "/usr/bin/openssl"
VOTE_EVERY = 10     # seconds between consensuses, counted from midnight UTC
VOTE_AHEAD = 4      # the authorities vote this long before each of them

COMMON = """\
TestingTorNetwork 1
__OwningControllerProcess {pid}
DataDirectory {dir}
Log notice file {dir}/log
Address 127.0.0.1
OutboundBindAddress 127.0.0.1
AddressDisableIPv6 1
ShutdownWaitLength 0
GeoIPFile /dev/null
GeoIPv6File /dev/null
"""
RELAY = """\
Nickname {name}
ContactInfo lab@localhost
ORPort 127.0.0.1:{orport} IPv4Only
SocksPort 0
AssumeReachable 1
ExitRelay 0
ExitPolicy reject *:*
"""
AUTHORITY = """\
DirPort 127.0.0.1:{dirport} IPv4Only
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
AuthDirMaxServersPerAddr 0
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
V3AuthNIntervalsValid 4
V3AuthVotingInterval {every}
V3AuthVoteDelay {half}
V3AuthDistDelay {half}
TestingV3AuthInitialVotingInterval {every}
TestingV3AuthInitialVoteDelay {half}
TestingV3AuthInitialDistDelay {half}
"""


def free_port(taken=set()):
    """A TCP port of 127.0.0.1 that is free now and was not handed out before."""
    while True:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        if port not in taken:
            taken.add(port)
            return port


def socks_connect(socks_port, host, port, timeout=60):
    """Opens host:port through the SOCKS5 proxy and closes it; raises OSError."""
    with socket.create_connection(("127.0.0.1", socks_port), timeout) as s:
        s.sendall(b"\x05\x01\x00")
        if s.recv(2) != b"\x05\x00":
            raise OSError("no SOCKS5 server")
        name = host.encode()
        s.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big"))
        reply = s.recv(10)
        if len(reply) < 2 or reply[1] != 0:
            raise OSError("SOCKS5 reply " + reply[1:2].hex())


def x25519_pair():
    """(private, public) as the unpadded base32 that tor's client authorization uses."""
    der = subprocess.run([OPENSSL, "genpkey", "-algorithm", "x25519", "-outform", "DER"],
                         check=True, capture_output=True).stdout
    pub = subprocess.run([OPENSSL, "pkey", "-inform", "DER", "-pubout", "-outform", "DER"],
                         input=der, check=True, capture_output=True).stdout
    return [base64.b32encode(raw[-32:]).decode().rstrip("=") for raw in (der, pub)]


class Lab:
    def __init__(self, root, verbose):
        self.root, self.verbose = root, verbose
        self.procs, self.dir_lines, self.began = {}, "", time.monotonic()

    def say(self, text):
        print(f"torlab: {time.monotonic() - self.began:5.1f} s  {text}", file=sys.stderr, flush=True)

    def write_torrc(self, name, *parts, **values):
        home = self.root / name
        home.mkdir(mode=0o700, exist_ok=True)
        text = "".join((COMMON,) + parts).format(pid=os.getpid(), dir=home, name=name,
                                                 every=VOTE_EVERY, half=VOTE_AHEAD // 2, **values)
        if self.verbose:
            text += f"Log info file {home}/info.log\nSafeLogging 0\n"
        (home / "torrc").write_text(text + self.dir_lines)
        return home

    def start(self, name):
        self.procs[name] = subprocess.Popen(
            [TOR, "--defaults-torrc", "/dev/null", "-f", str(self.root / name / "torrc"), "--hush"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def check_alive(self):
        for name, proc in self.procs.items():
            if proc.poll() is not None:
                raise RuntimeError(f"{name} ended, see {self.root / name / 'log'}")

    def add_authorities(self, count):
        """Keys first: every torrc must name every authority before any of them starts."""
        plan = []
        for i in range(count):
            name, orport, dirport = f"auth{i}", free_port(), free_port()
            keys = self.root / name / "keys"
            keys.mkdir(mode=0o700, parents=True)
            keys.parent.chmod(0o700)
            subprocess.run([GENCERT, "--create-identity-key", "-m", "12", "--passphrase-fd", "0",
                            "-a", f"127.0.0.1:{dirport}"], cwd=keys, input=b"\n", check=True,
                           capture_output=True)
            cert = (keys / "authority_certificate").read_text().split()
            v3ident = cert[cert.index("fingerprint") + 1]
            # A DirAuthority line is needed to load the configuration; this one is thrown away.
            home = self.write_torrc(name, RELAY, f"DirAuthority x 127.0.0.1:1 {'F' * 40}\n",
                                    orport=orport)
            subprocess.run([TOR, "--defaults-torrc", "/dev/null", "-f", str(home / "torrc"),
                            "--list-fingerprint", "--hush"], check=True, capture_output=True)
            fingerprint = (home / "fingerprint").read_text().split()[1]
            plan.append((name, orport, dirport))
            self.dir_lines += (f"DirAuthority {name} orport={orport} no-v2 v3ident={v3ident} "
                               f"127.0.0.1:{dirport} {fingerprint}\n")
        # Relays need about 4 s to become known.  If the next vote is nearer, begin just after it.
        left = (-time.time() - VOTE_AHEAD) % VOTE_EVERY
        if left < 4:
            time.sleep(left)
        for name, orport, dirport in plan:
            self.write_torrc(name, RELAY, AUTHORITY, orport=orport, dirport=dirport)
            self.start(name)

    def add_relays(self, count):
        for i in range(count):
            self.write_torrc(f"relay{i}", RELAY, orport=free_port())
            self.start(f"relay{i}")

    def wait_consensus(self, deadline):
        """Until every authority publishes a consensus that lists every relay.  A tor that starts
        on an earlier one, or on none, retries ever more slowly and costs half a minute."""
        papers = [self.root / name / "cached-microdesc-consensus"
                  for name in self.procs if name.startswith("auth")]
        while time.monotonic() - self.began < deadline:
            self.check_alive()
            if all(paper.exists() and paper.read_text().count("\nr ") == len(self.procs)
                   for paper in papers):
                return
            time.sleep(0.2)
        raise RuntimeError(f"no consensus on {len(self.procs)} relays after {deadline} s")

    def add_service(self, targets, hs_options, first_options, client_key):
        """One onion per target, all in one tor; returns the port of its metrics page."""
        metrics = free_port()
        text = f"SocksPort 0\nMetricsPort 127.0.0.1:{metrics}\nMetricsPortPolicy accept 127.0.0.1\n"
        for i, target in enumerate(targets):
            home = self.root / "service" / f"onion{i}"
            text += f"HiddenServiceDir {home}\nHiddenServicePort 80 {target}\n"
            text += "".join(option + "\n" for option in
                            hs_options + (first_options if i == 0 else []))
            if client_key:
                (home / "authorized_clients").mkdir(mode=0o700, parents=True)
                home.chmod(0o700)
                home.parent.chmod(0o700)
                (home / "authorized_clients" / "lab.auth").write_text(
                    f"descriptor:x25519:{client_key}\n")
        self.write_torrc("service", text.replace("{", "{{").replace("}", "}}"))
        self.start("service")
        return metrics

    def onion_names(self, count):
        names = []
        for i in range(count):
            path = self.root / "service" / f"onion{i}" / "hostname"
            while not path.exists() or not path.read_text().strip():
                self.check_alive()
                time.sleep(0.1)
            names.append(path.read_text().strip())
        return names

    def add_client(self, name, onions=(), private_key=None):
        port, keys = free_port(), self.root / name / "onion_auth"
        keys.mkdir(mode=0o700, parents=True)
        keys.parent.chmod(0o700)
        for i, onion in enumerate(onions if private_key else ()):
            (keys / f"onion{i}.auth_private").write_text(
                f"{onion.removesuffix('.onion')}:descriptor:x25519:{private_key}\n")
        self.write_torrc(name, "SocksPort 127.0.0.1:{port} ExtendedErrors\n",
                         "ClientOnionAuthDir {keys}\n", port=port, keys=keys)
        self.start(name)
        return port

    def wait_reachable(self, socks_port, onion, deadline):
        error = None
        while time.monotonic() - self.began < deadline:
            self.check_alive()
            try:
                return socks_connect(socks_port, onion, 80)
            except OSError as e:
                error = e
                time.sleep(0.5)
        raise RuntimeError(f"{onion} not reachable after {deadline} s: {error}")

    def stop(self):
        """Nothing here is kept, so a tor that takes its time to end is killed."""
        for proc in self.procs.values():
            proc.terminate()
        end = time.monotonic() + 2
        for proc in self.procs.values():
            try:
                proc.wait(max(0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                proc.kill()
                proc.wait()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", type=pathlib.Path, help="a new or empty directory")
    parser.add_argument("--target", action="append", required=True,
                        help="what an onion's port 80 leads to: HOST:PORT or unix:/PATH; repeatable")
    parser.add_argument("--hs-option", action="append", default=[], metavar="'NAME VALUE'",
                        help="a further torrc line for each onion, such as "
                             "'HiddenServicePoWDefensesEnabled 1'; repeatable")
    parser.add_argument("--first-option", action="append", default=[], metavar="'NAME VALUE'",
                        help="a further torrc line for the first onion only; repeatable")
    parser.add_argument("--auth", action="store_true",
                        help="onions that need client authorization, and a second client without the key")
    parser.add_argument("--authorities", type=int, default=3)
    parser.add_argument("--relays", type=int, default=2, help="relays that are not authorities")
    parser.add_argument("--timeout", type=int, default=180, help="seconds to become reachable")
    parser.add_argument("--verbose", action="store_true", help="info-level logs too, unscrubbed")
    argv = sys.argv[1:]
    command = argv[argv.index("--") + 1:] if "--" in argv else []
    args = parser.parse_args(argv[:argv.index("--")] if "--" in argv else argv)

    root = args.dir.resolve()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(root.iterdir()):
        parser.error(f"{root} is not empty")
    # Turn the signals into an ordinary exit, so that stop() below always runs.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(0))

    lab = Lab(root, args.verbose)
    try:
        private, public = x25519_pair() if args.auth else (None, None)
        lab.add_authorities(args.authorities)
        lab.add_relays(args.relays)
        lab.wait_consensus(args.timeout)
        lab.say(f"a consensus on {len(lab.procs)} relays")
        metrics = lab.add_service(args.target, args.hs_option, args.first_option,
                                  public)
        onions = lab.onion_names(len(args.target))
        socks = lab.add_client("client", onions, private)
        stranger = lab.add_client("stranger") if args.auth else None
        for onion in onions:
            lab.wait_reachable(socks, onion, args.timeout)
            lab.say(f"{onion} answers")

        env = {"TORLAB_SOCKS": f"127.0.0.1:{socks}", "TORLAB_METRICS": f"127.0.0.1:{metrics}"}
        for i, onion in enumerate(onions):
            env["TORLAB_ONION" + (f"_{i + 1}" if i else "")] = onion
        if stranger:
            env["TORLAB_STRANGER_SOCKS"] = f"127.0.0.1:{stranger}"
        lines = "".join(f"{name}={value}\n" for name, value in env.items())
        (root / "env.new").write_text(lines)
        (root / "env.new").rename(root / "env")
        print(lines, end="", flush=True)

        if command:
            return subprocess.run(command, env={**os.environ, **env}).returncode
        while True:
            lab.check_alive()
            time.sleep(0.5)
    except (RuntimeError, subprocess.CalledProcessError, FileNotFoundError) as e:
        print(f"torlab: {e}", file=sys.stderr)
        return 1
    finally:
        lab.stop()


if __name__ == "__main__":
    sys.exit(main())
