//! Cells as files: a cell is known by the path of the file that `dumpCell` would write for its text, so a breakpoint set before the cell
//! runs is found when it does.

use std::path::PathBuf;

use serde_json::{Value, json};

/// What the hash of a cell's text begins with; frontends are told.
pub(super) const SEED: u32 = 0xC70F_6907;

/// Where the files are.
pub(super) fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("heapbook_{}", std::process::id()))
}

/// The path of the file for a cell of this text.
pub(super) fn path_of(code: &str) -> String {
    folder().join(format!("{}.py", murmur2(code.as_bytes(), SEED))).to_string_lossy().into_owned()
}

/// Writes the file.
pub(super) fn dump(code: &str) -> Result<Value, String> {
    let path = path_of(code);
    let written = std::fs::create_dir_all(folder()).and_then(|()| std::fs::write(&path, code));
    written.map_err(|error| format!("{path} cannot be written: {error}"))?;
    Ok(json!({ "sourcePath": path }))
}

/// MurmurHash2 of 32 bits, by Austin Appleby.
fn murmur2(data: &[u8], seed: u32) -> u32 {
    const M: u32 = 0x5BD1_E995;
    let mut hash = seed ^ data.len() as u32;
    let mut words = data.chunks_exact(4);
    for word in &mut words {
        let mut k = u32::from_le_bytes([word[0], word[1], word[2], word[3]]).wrapping_mul(M);
        k = (k ^ k >> 24).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ k;
    }
    let rest = words.remainder();
    if !rest.is_empty() {
        hash = (hash ^ rest.iter().rev().fold(0, |bits, byte| bits << 8 | u32::from(*byte))).wrapping_mul(M);
    }
    hash = (hash ^ hash >> 13).wrapping_mul(M);
    hash ^ hash >> 15
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_that_of_ipykernel() {
        assert_eq!(
            ["", "a", "ab", "abc", "print(1)\n"].map(|text| super::murmur2(text.as_bytes(), super::SEED)),
            [3990065800, 2167009006, 2805137849, 3350977461, 3089598676]
        );
    }
}
