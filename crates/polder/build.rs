//! Has the program built anew when the interface was: what a release embeds is read by a macro, of which cargo knows nothing.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // In debug it is read when it is asked for.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        let folder = Path::new("../../ui/dist");
        // Cargo would take a folder that is not there as changed each time. Where it cannot be made, that is all that happens.
        let _ = std::fs::create_dir_all(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
    }
}
