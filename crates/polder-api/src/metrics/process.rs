//! What the server's process uses, under the names that Prometheus' own clients give it. Read from `/proc`; what cannot be read is left out.

use std::sync::atomic::AtomicU64;

use chrono::{DateTime, Utc};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

/// Linux tells CPU time to programs in hundredths of a second, whatever the kernel counts in.
const TICKS_PER_SECOND: f64 = 100.0;
/// Where user and system time stand in `stat`, counted after the command's name.
const TIMES: std::ops::Range<usize> = 11..13;

pub(super) fn registry(started_at: DateTime<Utc>) -> Registry {
    let mut registry = Registry::with_prefix("process");
    let start: Gauge<f64, AtomicU64> = Gauge::default();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit")]
    start.set(started_at.timestamp_millis() as f64 / 1_000.0);
    registry.register_with_unit("start_time", "When the server started", Unit::Seconds, start);
    if let Some(bytes) = resident_bytes() {
        gauge(&mut registry, "resident_memory_bytes", "Memory in use", bytes);
    }
    if let Some(seconds) = cpu_seconds() {
        let cpu: Counter<f64, AtomicU64> = Counter::default();
        cpu.inc_by(seconds);
        registry.register_with_unit("cpu", "CPU time used", Unit::Seconds, cpu);
    }
    if let Some(count) = open_files() {
        gauge(&mut registry, "open_fds", "Files and sockets that are open", count);
    }
    registry
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: i64) {
    let gauge: Gauge = Gauge::default();
    gauge.set(value);
    registry.register(name, help, gauge);
}

fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kilobytes.trim().strip_suffix(" kB")?.trim().parse::<i64>().ok().map(|kilobytes| kilobytes * 1_024)
}

fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The command's name stands in parentheses, and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(TIMES)?.iter().map(|ticks| ticks.parse::<f64>());
    ticks.sum::<Result<f64, _>>().ok().map(|ticks| ticks / TICKS_PER_SECOND)
}

fn open_files() -> Option<i64> {
    i64::try_from(std::fs::read_dir("/proc/self/fd").ok()?.count()).ok()
}
