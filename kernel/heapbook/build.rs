//! Links the program at a fixed address where the system allows it.
//!
//! A position-independent program has every table of function pointers rewritten before `main` runs: a megabyte of memory that is its own
//! and not shared, and the time to do it, in each of the many short processes that an interpreter runs in.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |part: &str| std::env::var(format!("CARGO_CFG_TARGET_{part}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" && target("ARCH") == "x86_64" {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}
