//! Something between the gateway and an account API that misbehaves in one way, for all operations or for one.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is passed on, and so is the answer.
    None,
    /// It is read and never answered.
    BlackHole,
    /// It is passed on at once, and the answer comes after ten seconds.
    Late,
    /// It is passed on, and the answer breaks off in its middle.
    Midway,
    /// It is not passed on, and answered with an error page.
    ErrorPage,
    /// It is passed on and done, and an error page is answered.
    DoneAndErrorPage,
}

/// A TCP proxy. Ends when it is dropped.
pub struct Proxy {
    pub url: String,
    fault: Arc<Mutex<(Fault, &'static str)>>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// Before the API at `upstream`, which begins with `http://`.
    pub async fn before(upstream: &str) -> Self {
        let (upstream, path) = upstream.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let upstream = upstream.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/{path}", listener.local_addr().unwrap());
        let fault = Arc::new(Mutex::new((Fault::None, "")));
        let present = Arc::clone(&fault);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(exchange(stream, upstream.clone(), Arc::clone(&present)));
            }
        });
        Self { url, fault, task }
    }

    /// From now on this becomes of requests whose path ends like this; "" is all.
    pub fn set(&self, fault: Fault, operation: &'static str) {
        *self.fault.lock().unwrap() = (fault, operation);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn exchange(mut stream: TcpStream, upstream: String, fault: Arc<Mutex<(Fault, &'static str)>>) {
    let Some(request) = read_message(&mut stream).await else { return };
    let (fault, operation) = *fault.lock().unwrap();
    let text = String::from_utf8_lossy(&request);
    let path = text.split(' ').nth(1).unwrap_or_default();
    let fault = if path.ends_with(operation) { fault } else { Fault::None };
    let page = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<h1>500</h1>\n";
    let answer = match fault {
        Fault::BlackHole => {
            // Until the other side has had enough.
            let _ = stream.read(&mut [0]).await;
            return;
        }
        Fault::ErrorPage => page.to_vec(),
        _ => {
            let Ok(mut server) = TcpStream::connect(upstream).await else { return };
            let _ = server.write_all(&request).await;
            let Some(answer) = read_message(&mut server).await else { return };
            if fault == Fault::DoneAndErrorPage { page.to_vec() } else { answer }
        }
    };
    if fault == Fault::Late {
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let end = if fault == Fault::Midway { answer.len() / 2 } else { answer.len() };
    let _ = stream.write_all(&answer[..end]).await;
    let _ = stream.shutdown().await;
}

/// One request or answer with a `content-length`, or without a body.
async fn read_message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4_096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let mut lines = head.lines().map(str::to_ascii_lowercase);
        let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if bytes.len() >= head.len() + 4 + length.unwrap_or(0) {
            return Some(bytes);
        }
    }
}
