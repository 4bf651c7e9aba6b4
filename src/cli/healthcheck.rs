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
        Some(address) => match ask(address, "/readyz") {
            Ok((200, _)) => return 0,
            Ok(_) => ("the service is not ready".to_owned(), FAILED),
            Err(reason) => (format!("the service at {address} does not answer: {reason}"), UNREACHABLE),
        },
    };
    // The exit code says it where nobody reads.
    let _ = writeln!(err, "error: {message}");
    code
}

/// The longest answer that is read.
const MAX_ANSWER: u64 = 1 << 20;

/// Asks the operators' port of a service for a path: the status and the body. One question needs no client library.
pub(super) fn ask(address: SocketAddr, path: &str) -> std::io::Result<(u16, String)> {
    let address = reachable(address);
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MAX_ANSWER).read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.strip_prefix("HTTP/1.").and_then(|line| line.get(2..5)?.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::new(std::io::ErrorKind::InvalidData, "no answer of HTTP"))?;
    Ok((status, body.to_owned()))
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
