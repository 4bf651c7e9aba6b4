//! A gateway at the far end that does what chance says, and remembers what it did with which order.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What it does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Takes the message and says so.
    Takes,
    /// Takes it and closes without a word.
    TakesAndCloses,
    /// Takes it and says something that nobody can read.
    TakesAndMumbles,
    /// Takes it and fails.
    TakesAndFails,
    /// Takes it and answers too late.
    TakesAndSleeps,
    /// Limits us.
    Throttles,
    /// Does not know us.
    Forbids,
    /// Will not have the message.
    Refuses,
    /// Closes before it has read anything.
    Closes,
}

impl Fate {
    pub const ALL: [Self; 9] = [
        Self::Takes,
        Self::TakesAndCloses,
        Self::TakesAndMumbles,
        Self::TakesAndFails,
        Self::TakesAndSleeps,
        Self::Throttles,
        Self::Forbids,
        Self::Refuses,
        Self::Closes,
    ];

    /// Whether the message is on its way to a phone.
    pub const fn delivers(self) -> bool {
        matches!(
            self,
            Self::Takes | Self::TakesAndCloses | Self::TakesAndMumbles | Self::TakesAndFails | Self::TakesAndSleeps
        )
    }

    /// Mostly well; each misfortune about once in thirty.
    fn drawn(random: u64) -> Self {
        let place = usize::try_from(random % 30).unwrap();
        Self::ALL.get(place).copied().unwrap_or(Self::Takes)
    }
}

/// What became of each order, in a file: kept in memory it would look like a leak of the service.
#[derive(Clone)]
struct Book(Arc<Mutex<BufWriter<File>>>);

impl Book {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(BufWriter::new(tempfile::tempfile().unwrap()))))
    }

    fn write(&self, order: &str, fate: Fate) {
        let place = Fate::ALL.iter().position(|own| *own == fate).unwrap();
        writeln!(self.0.lock().unwrap(), "{place} {order}").unwrap();
    }

    fn read(&self) -> Vec<(String, Fate)> {
        let mut book = self.0.lock().unwrap();
        book.flush().unwrap();
        let (file, mut text) = (book.get_mut(), String::new());
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        let entry = |line: &str| {
            let (place, order) = line.split_once(' ').unwrap();
            (order.to_owned(), Fate::ALL[place.parse::<usize>().unwrap()])
        };
        text.lines().map(entry).collect()
    }
}

/// One gateway.
pub struct FarEnd {
    pub number: u64,
    pub url: String,
    book: Book,
}

impl FarEnd {
    pub async fn start(number: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send", listener.local_addr().unwrap());
        let book = Book::new();
        let kept = book.clone();
        tokio::spawn(async move {
            let mut dice = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            while let Ok((stream, _)) = listener.accept().await {
                // xorshift64: the same course every time.
                dice ^= dice << 13;
                dice ^= dice >> 7;
                dice ^= dice << 17;
                tokio::spawn(serve(stream, Fate::drawn(dice >> 11), kept.clone()));
            }
        });
        Self { number, url, book }
    }

    /// Every order that reached it, and what became of it.
    pub fn seen(&self) -> Vec<(String, Fate)> {
        self.book.read()
    }
}

async fn serve(mut stream: TcpStream, fate: Fate, book: Book) {
    if fate == Fate::Closes {
        book.write("", fate);
        return;
    }
    let Some(order) = order(&mut stream).await else { return };
    // Before the answer: what is told is in the books.
    book.write(&order, fate);
    let (status, body) = match fate {
        Fate::Takes => ("200 OK", "{\"code\":0}"),
        Fate::TakesAndMumbles => ("200 OK", "{\"code\":"),
        Fate::TakesAndFails => ("500 Internal Server Error", ""),
        Fate::TakesAndSleeps => {
            tokio::time::sleep(Duration::from_millis(600)).await;
            ("200 OK", "{\"code\":0}")
        }
        Fate::Throttles => ("429 Too Many Requests", ""),
        Fate::Forbids => ("403 Forbidden", ""),
        Fate::Refuses => ("200 OK", "{\"code\":7}"),
        Fate::TakesAndCloses | Fate::Closes => return,
    };
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    // Who stopped waiting does not hear it.
    let _ = stream.write_all(answer.as_bytes()).await;
}

/// The order of the one request on a connection, once it was read to its end.
async fn order(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 2048];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((_, body)) = text.split_once("\r\n\r\n") else { continue };
        if let Ok(body) = serde_json::from_str::<serde_json::Value>(body) {
            return Some(body["ref"].as_str().unwrap().to_owned());
        }
    }
}
