//! Messages on the terminal, for trying things out on one machine.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use jiff::tz::TimeZone;

use super::{SmsError, SmsMessage, SmsProvider, SmsReceipt};
use crate::domain::{Clock, Timestamp};

/// Where console providers print: standard output in the binary, a buffer in tests. Clones print to the same place.
#[derive(Clone)]
pub struct ConsoleWriter(Arc<Mutex<dyn Write + Send>>);

impl ConsoleWriter {
    /// Prints to `out`.
    pub fn new(out: impl Write + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(out)))
    }

    fn line(&self, line: &str) -> std::io::Result<()> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write_all(line.as_bytes())?;
        out.flush()
    }
}

/// Prints each message as one line, code and all.
pub struct Console {
    name: Box<str>,
    out: ConsoleWriter,
    clock: Arc<dyn Clock>,
    zone: TimeZone,
}

impl Console {
    /// A console called `name`; its times are in the machine's time zone.
    #[must_use]
    pub fn new(name: &str, out: ConsoleWriter, clock: Arc<dyn Clock>) -> Self {
        Self { name: name.into(), out, clock, zone: TimeZone::system() }
    }
}

#[async_trait]
impl SmsProvider for Console {
    fn name(&self) -> &str {
        &self.name
    }

    async fn send(&self, message: &SmsMessage) -> Result<SmsReceipt, SmsError> {
        let line = line(message, &time_of_day(self.clock.now(), &self.zone));
        match self.out.line(&line) {
            Ok(()) => Ok(SmsReceipt { provider: self.name.clone(), message_id: None }),
            Err(error) => Err(SmsError::Unreachable { reason: format!("printing: {error}") }),
        }
    }
}

fn line(message: &SmsMessage, time: &str) -> String {
    let (to, text) = (message.to.masked(), on_one_line(message.expose_text()));
    // What belongs to a recovery is told by its id, which whoever tries the API has seen.
    let what = message.challenge.map_or_else(|| message.order.to_string(), |challenge| challenge.to_string());
    format!("{time}  SMS → {to}  {text}  {what}\n")
}

fn time_of_day(now: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(now.as_millis())
        .map_or_else(|_| now.to_string(), |moment| moment.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string())
}

/// Signs that would break the line, move the cursor or turn the direction of reading are written as escapes.
fn on_one_line(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.chars() {
        let turns = matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
        if sign.is_control() || turns {
            plain.extend(sign.escape_default());
        } else {
            plain.push(sign);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ManualClock;
    use crate::sms::samples::{ORDER, message};

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_message_is_printed_whole_with_its_number_masked() {
        let page = Page::default();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_402_872_345)));
        let mut console = Console::new("dev", ConsoleWriter::new(page.clone()), clock);
        console.zone = TimeZone::fixed(jiff::tz::offset(8));
        let receipt = console.send(&message("动态密码002569")).await.unwrap();
        assert_eq!(&*receipt.provider, "dev");
        let printed = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        assert_eq!(printed, format!("11:01:12  SMS → 138****8000  动态密码002569  {ORDER}\n"));
    }

    proptest::proptest! {
        /// case 77: whatever a text holds, it stays on its line and cannot steer the terminal.
        #[test]
        fn one_message_is_one_line(text in "(.|\n|\r|\u{1b}|\u{202e}|\u{2028}){0,40}") {
            let line = line(&message(&text), "11:01:12");
            proptest::prop_assert_eq!(line.lines().count(), 1);
            let steers = line.trim_end_matches('\n').contains(|sign: char| sign.is_control() || sign == '\u{202e}');
            proptest::prop_assert!(!steers);
        }
    }
}
