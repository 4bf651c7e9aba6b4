//! `resetgate healthcheck`: asks the running service, so that a container image needs no shell and no curl.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::exit::{FAILED, UNREACHABLE};

/// A probe that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn run(ops: Option<SocketAddr>, err: &mut dyn Write) -> u8 {
    let (message, code) = match ops {
        None => ("ops.listen is empty, so nobody can be asked; set it".to_owned(), FAILED),
        Some(address) => match is_ready(reachable(address)) {
            Ok(true) => return 0,
            Ok(false) => ("the service is not ready".to_owned(), FAILED),
            Err(reason) => (format!("the service at {address} does not answer: {reason}"), UNREACHABLE),
        },
    };
    // The exit code says it where nobody reads.
    let _ = writeln!(err, "error: {message}");
    code
}

/// One question needs no client library: the answer's first line says it.
fn is_ready(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut first = [0; 12];
    stream.read_exact(&mut first)?;
    Ok(first.starts_with(b"HTTP/1.") && first.ends_with(b" 200"))
}

/// A listener on every address is asked on loopback.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}
