use polder_lake::Limits;
use polder_types::definition::Compute;

/// What a step may use: what it says, otherwise half of the machine's memory and all of its processors.
#[must_use]
pub fn limits(compute: Compute) -> Limits {
    let mut limits = Limits::default();
    let memory = compute.memory_bytes.or_else(|| machine_memory().map(|bytes| bytes / 2));
    if let Some(memory) = memory {
        limits.memory = usize::try_from(memory).unwrap_or(usize::MAX);
    }
    if let Some(cpus) = compute.cpus {
        limits.threads = usize::try_from(cpus).unwrap_or(usize::MAX);
    }
    limits
}

/// In bytes.
fn machine_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(1024)
}
