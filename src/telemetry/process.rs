//! What the kernel knows of this process, read when the metrics are. Absent where there is no `/proc`.

use std::fmt;
use std::fs;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// The usual `process_*` families.
#[derive(Debug)]
pub(super) struct Process;

/// One reading. Units as in the names of the families.
struct Reading {
    resident_bytes: i64,
    cpu_seconds: f64,
    start_seconds: f64,
    open_fds: i64,
}

impl Reading {
    fn take() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        let boot = fs::read_to_string("/proc/stat").ok()?;
        let boot: f64 = boot.lines().find_map(|line| line.strip_prefix("btime "))?.parse().ok()?;
        let listed = fs::read_dir("/proc/self/fd").ok()?.count();
        // The listing has a descriptor of its own.
        let open_fds = i64::try_from(listed.saturating_sub(1)).ok()?;
        Self { open_fds, ..Self::of(&stat, boot)? }.into()
    }

    /// From `/proc/self/stat`, see proc(5), and the second at which the machine started.
    fn of(stat: &str, boot: f64) -> Option<Self> {
        // The name of the program may hold anything, also brackets and spaces; the third field follows its last bracket.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
        let ticks = f64::from(u32::try_from(rustix::param::clock_ticks_per_second()).ok()?);
        let pages: i64 = fields.get(24 - 3)?.parse().ok()?;
        Some(Self {
            resident_bytes: pages * i64::try_from(rustix::param::page_size()).ok()?,
            cpu_seconds: (field(14)? + field(15)?) / ticks,
            start_seconds: boot + field(22)? / ticks,
            open_fds: 0,
        })
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(reading) = Reading::take() else { return Ok(()) };
        let mut write =
            |name, help, unit: Option<&Unit>, metric: &dyn Written| metric.write(&mut encoder, name, help, unit);
        write("resident_memory", "Memory in use", Some(&Unit::Bytes), &ConstGauge::new(reading.resident_bytes))?;
        write("cpu", "Processor time used", Some(&Unit::Seconds), &ConstCounter::new(reading.cpu_seconds))?;
        write(
            "start_time",
            "When it started, since 1970",
            Some(&Unit::Seconds),
            &ConstGauge::new(reading.start_seconds),
        )?;
        write("open_fds", "Open file descriptors", None, &ConstGauge::new(reading.open_fds))
    }
}

/// A gauge or a counter.
trait Written {
    fn write(&self, to: &mut DescriptorEncoder<'_>, name: &str, help: &str, unit: Option<&Unit>) -> fmt::Result;
}

impl<T: EncodeMetric> Written for T {
    fn write(&self, to: &mut DescriptorEncoder<'_>, name: &str, help: &str, unit: Option<&Unit>) -> fmt::Result {
        self.encode(to.encode_descriptor(name, help, unit, self.metric_type())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From proc(5): field 14 and 15 are processor time, 22 the start, 24 the pages; 100 ticks are a second on Linux.
    #[test]
    fn a_name_with_brackets_moves_no_field() {
        let stat = "7 (a) R 1 (b) S 1 1 1 0 -1 4194560 1 1 1 1 250 50 1 1 20 0 9 0 6000 1000000 3 18446744073709551615";
        let reading = Reading::of(stat, 1_000.0).unwrap();
        assert!((reading.cpu_seconds - 3.0).abs() < 1e-9 && (reading.start_seconds - 1_060.0).abs() < 1e-9);
        assert_eq!(reading.resident_bytes, 3 * i64::try_from(rustix::param::page_size()).unwrap());
        assert!(Reading::of("7 (a) S 1", 0.0).is_none() && Reading::of("", 0.0).is_none());
        assert!(Reading::take().is_none_or(|now| now.open_fds > 0 && now.resident_bytes > 0));
    }
}
