//! Has the program built anew when the interface was: what a release embeds is read by a macro, of which cargo knows nothing.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let folder = Path::new("../../ui/dist");
    // In debug the files are found in it when they are asked for, but only if it was there when the program was built; and cargo would
    // take a folder that is not there as changed each time. Where it cannot be made, that is all that happens.
    let _ = std::fs::create_dir_all(folder);
    // In debug it is read when it is asked for.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
}
