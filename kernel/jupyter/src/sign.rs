//! Signatures: HMAC-SHA256 over the four parts of a message.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Signs and checks with one key. An empty key means that nobody signs.
#[derive(Clone)]
pub(crate) struct Signer(Option<Hmac<Sha256>>);

impl Signer {
    pub(crate) fn new(key: &[u8]) -> Signer {
        Signer((!key.is_empty()).then(|| Hmac::new_from_slice(key).expect("a key of HMAC may be of any length")))
    }

    fn over(&self, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        let mut mac = self.0.clone()?;
        parts.iter().for_each(|part| mac.update(part));
        Some(mac)
    }

    /// The signature, in hexadecimal digits.
    pub(crate) fn sign(&self, parts: &[&[u8]]) -> Vec<u8> {
        let Some(mac) = self.over(parts) else { return Vec::new() };
        let digit = |nibble: u8| b"0123456789abcdef"[nibble as usize];
        mac.finalize().into_bytes().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    /// Whether a signature is right; the time this takes tells nothing about the right one.
    pub(crate) fn check(&self, signature: &[u8], parts: &[&[u8]]) -> bool {
        let Some(mac) = self.over(parts) else { return true };
        let digit = |byte: &u8| (*byte as char).to_digit(16).map(|digit| digit as u8);
        let bytes: Option<Vec<u8>> = signature.chunks(2).map(|pair| Some(digit(pair.first()?)? << 4 | digit(pair.get(1)?)?)).collect();
        bytes.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Signer;

    #[test]
    fn only_the_right_signature_passes() {
        let signer = Signer::new(b"key");
        let signature = signer.sign(&[b"The quick brown fox ", b"jumps over the lazy dog"]);
        assert_eq!(signature, b"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
        let check = |signature: &[u8]| signer.check(signature, &[b"The quick brown fox jumps over the lazy dog"]);
        assert!(check(&signature));
        for wrong in [&signature[..63], &signature[..62], b"", &[signature.as_slice(), b"00"].concat(), &[b'g'; 64]] {
            assert!(!check(wrong));
        }
        assert!(Signer::new(b"").check(b"", &[b"anything"]));
    }
}
