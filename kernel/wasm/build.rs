//! Tells the linker how much stack the machine has in a browser, and the most memory it may take.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-cdylib=-zstack-size={}", 2 << 20);
        println!("cargo:rustc-link-arg-cdylib=--max-memory={}", 1 << 30);
    }
}
