# SPDX-License-Identifier: EUPL-1.2
"""An organisation's mail server, small: aiosmtpd (Debian) over TLS from the
first byte, which asks for a password and writes each mail to a file.
smtpd.py PORT CERT KEY FOLDER USER PASSWORD"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

port, cert, key, folder, user, password = sys.argv[1:]


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope):
        if not session.authenticated:
            return "530 who are you"
        name = os.path.join(folder, f"{len(os.listdir(folder)):03}")
        with open(name, "wb") as f:
            f.write(envelope.rcpt_tos[0].encode() + b"\n" +
                    envelope.original_content)
        return "250 kept"


def known(server, session, envelope, mechanism, data):
    # handled: an answer was given already; then a wrong password gets none
    return AuthResult(handled=False, success=data.login == user.encode() and
                      data.password == password.encode())


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Keep(), authenticator=known, auth_require_tls=False),
        "127.0.0.1", int(port), ssl=tls)
    print("LISTENING", flush=True)
    await server.serve_forever()


asyncio.run(main())
