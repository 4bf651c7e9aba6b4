"""An Active Directory domain controller for tests, in name spaces of its own: nothing of the machine is touched.

Its ports are the standard ones, as Samba knows no others, but in a network of its own; the socket in the directory
given as the only argument leads to its LDAPS. Says "ready" when it is.
"""

import fcntl
import logging
import os
import socket
import struct
import subprocess
import sys
import threading
import time

from samba.auth import system_session
from samba.param import LoadParm
from samba.provision import provision
from samba.sd_utils import SDUtils

where = sys.argv[1]
BASE = "OU=people,DC=ad,DC=example,DC=org"


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        # SIOCSIFFLAGS, IFF_UP
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 1))


def make_domain():
    settings = LoadParm()
    for key, value in {
        "interfaces": "lo",
        "bind interfaces only": "yes",
        "server services": "ldap",
        "log file": where + "/log",
        "pid directory": where,
        "tls certfile": where + "/certificate.pem",
        "tls keyfile": where + "/key.pem",
        "tls cafile": where + "/ca.pem",
        "tls dh params file": "",
    }.items():
        settings.set(key, value)
    os.makedirs(where + "/etc")
    samdb = provision(
        logging.getLogger("provision"), system_session(), smbconf=where + "/etc/smb.conf", targetdir=where,
        realm="AD.EXAMPLE.ORG", domain="AD", adminpass="Admin-Password-1", hostname="dc", hostip="127.0.0.1",
        serverrole="active directory domain controller", dns_backend="NONE", use_rfc2307=True, skip_sysvolacl=True,
        dom_for_fun_level=4, lp=settings,
    ).samdb
    # Samba lets the former password in for an hour, which Active Directory does for NTLM only.
    with open(where + "/etc/smb.conf", "a") as written:
        written.write("\n[global]\n\told password allowed period = 0\n")
    return samdb


def people(directory):
    directory.add({"dn": BASE, "objectClass": "organizationalUnit"})
    for name, mail, more in [
        ("zhang", "zhang@example.org", {"proxyAddresses": ["SMTP:zhang@example.org", "smtp:zhang.san@example.org"],
                                        "mobile": "+86 138 0000 0000"}),
        ("li", "li@example.org", {}),
        ("wang", "wang@example.org", {"mobile": "13800000002"}),
        ("qian", "qian@example.org", {"mobile": "call me"}),
        ("resetgate", None, {}),
        ("timid", None, {}),
    ]:
        password = {"zhang": "Old-Password-1", "wang": "Old-Password-1"}.get(name, "of the Service 7")
        directory.newuser(name, password, mailaddress=mail, userou="OU=people")
        dn = f"CN={name},{BASE}"
        changes = "".join(
            f"replace: {key}\n" + "".join(f"{key}: {value}\n" for value in ([values] if isinstance(values, str) else values))
            + "-\n" for key, values in more.items())
        if changes:
            directory.modify_ldif(f"dn: {dn}\nchangetype: modify\n{changes}")
    directory.modify_ldif(f"dn: CN=wang,{BASE}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n")
    from samba.dcerpc import security
    from samba.ndr import ndr_unpack
    person = "bf967aba-0de6-11d0-a285-00aa003049e2"
    reset = ("CR", "00299570-246d-11d0-a768-00aa006e0529")
    mobile, expires = ("WP", "f0f8ffa3-1191-11d0-a060-00aa006c33ed"), ("WP", "bf967915-0de6-11d0-a285-00aa003049e2")
    lockout = ("WP", "28630ebf-41d5-11d1-a9c1-0000f80367c1")
    # "Reset password", and to write mobile, accountExpires and lockoutTime, of people in this unit and of nobody else.
    for name, rights in [("resetgate", [reset, mobile, expires, lockout]), ("timid", [reset, mobile])]:
        service = directory.search(f"CN={name},{BASE}", attrs=["objectSid"])[0]
        sid = ndr_unpack(security.dom_sid, service["objectSid"][0])
        for right, what in rights:
            SDUtils(directory).dacl_add_ace(BASE, f"(OA;CI;{right};{what};{person};{sid})")
    # A lock, where there is one, lasts half an hour, and passwords do not run out.
    domain = "".join(f"replace: {key}\n{key}: {value}\n-\n" for key, value in {
        "lockoutDuration": -30 * 60 * 10**7, "lockOutObservationWindow": -30 * 60 * 10**7,
        "maxPwdAge": -2**63}.items())
    directory.modify_ldif(f"dn: DC=ad,DC=example,DC=org\nchangetype: modify\n{domain}")


def relay():
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(where + "/ldaps")
    listener.listen(64)

    def copy(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    print("ready", flush=True)
    while True:
        client, _ = listener.accept()
        server = socket.create_connection(("127.0.0.1", 636))
        for pair in ((client, server), (server, client)):
            threading.Thread(target=copy, args=pair, daemon=True).start()


loopback_up()
directory = make_domain()
people(directory)
del directory
samba = subprocess.Popen(["/usr/sbin/samba", "-i", "-M", "single", "-s", where + "/etc/smb.conf"], stdin=subprocess.PIPE)
for _ in range(600):
    try:
        socket.create_connection(("127.0.0.1", 636)).close()
        break
    except OSError:
        if samba.poll() is not None:
            sys.exit("samba ended")
        time.sleep(0.05)
relay()
