//! Bytes as the letters of a script: made small by LZMA, then written seven bits a letter. `wasm/page/unpack.js` reads them.
//!
//! Letters and not bytes, because a page that is opened as a file can load nothing but scripts. Base64 would be a sixth longer.

use anyhow::{Context as _, Result};
use lzma_rust2::{EncodeMode, LzmaOptions, LzmaWriter, MfType};
use std::io::Write as _;

/// The seven bits that no letter of its own stands for: a script's text cannot have it, or not everywhere.
const UNWRITTEN: [u8; 5] = [0, b'\n', b'\r', b'"', b'\\'];

/// Bytes as text that may stand between quotation marks.
pub(super) fn packed(bytes: &[u8]) -> Result<String> {
    Ok(letters(&lzma(bytes).context("the encoder of LZMA fails")?))
}

fn lzma(bytes: &[u8]) -> Result<Vec<u8>> {
    let options = LzmaOptions {
        dict_size: 8 << 20,
        // Neither instructions for the browser nor texts keep to even addresses.
        lc: 4,
        lp: 0,
        pb: 0,
        mode: EncodeMode::Normal,
        nice_len: LzmaOptions::NICE_LEN_MAX,
        mf: MfType::Bt4,
        depth_limit: 1000,
        preset_dict: None,
    };
    let mut writer = LzmaWriter::new_use_header(Vec::new(), &options, Some(bytes.len() as u64))?;
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

/// Seven bits are the letter of that number. What is unwritten is the upper part of a letter of two bytes, which carries the next seven bits, too.
fn letters(bytes: &[u8]) -> String {
    let count = (bytes.len() * 8).div_ceil(7);
    let seven = |index: usize| {
        let bit = index * 7;
        let two = u16::from(bytes.get(bit / 8).copied().unwrap_or(0)) << 8 | u16::from(bytes.get(bit / 8 + 1).copied().unwrap_or(0));
        (two >> (9 - bit % 8) & 127) as u8
    };
    let mut text = String::with_capacity(count + count / 8);
    let mut index = 0;
    while index < count {
        let bits = seven(index);
        match UNWRITTEN.iter().position(|unwritten| *unwritten == bits) {
            Some(which) => {
                index += 1;
                let letter = (which as u32 + 1) << 7 | u32::from(seven(index));
                text.push(char::from_u32(letter).expect("a number below 768 is a letter"));
            }
            None => text.push(char::from(bits)),
        }
        index += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{UNWRITTEN, letters, packed};
    use std::io::Read as _;

    /// As `unpack.js` does.
    fn bytes(text: &str) -> Vec<u8> {
        let (mut out, mut bits, mut count) = (Vec::new(), 0u32, 0);
        for letter in text.chars().map(u32::from) {
            let parts = if letter < 128 { vec![letter] } else { vec![u32::from(UNWRITTEN[(letter >> 7) as usize - 1]), letter & 127] };
            for part in parts {
                bits = bits << 7 | part;
                count += 7;
                if count >= 8 {
                    count -= 8;
                    out.push((bits >> count) as u8);
                }
            }
        }
        out
    }

    #[test]
    fn letters_are_read_back_and_fit_between_quotation_marks() {
        let all: Vec<u8> = (0..=255u8).cycle().take(4001).map(|byte| byte.wrapping_mul(37)).collect();
        for length in [0, 1, 6, 7, 8, 9, 4001] {
            let text = letters(&all[..length]);
            assert!(!text.contains(['\0', '\n', '\r', '"', '\\']));
            assert_eq!(bytes(&text)[..length], all[..length]);
        }
    }

    #[test]
    fn what_is_packed_is_found_again() {
        let text = "a pack of sources, and again a pack of sources".repeat(9).into_bytes();
        let mut found = Vec::new();
        lzma_rust2::LzmaReader::new_mem_limit(bytes(&packed(&text).unwrap()).as_slice(), u32::MAX, None)
            .unwrap()
            .read_to_end(&mut found)
            .unwrap();
        assert_eq!(found, text);
    }
}
