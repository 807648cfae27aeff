//! `binascii`: bytes as text and back (`Modules/binascii.c`).

use heap::Obj;

use super::ModuleSpec;
use crate::class::{Convention, Method};
use crate::objects::leaf;
use crate::{Args, PyResult, Raised, Signature, Vm};

use Convention::{Keywords, Positional};

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "binascii",
    functions: &[
        Method::new("a2b_base64", a2b_base64, Keywords).signature("($module, data, /, *, strict_mode=False)"),
        Method::new("b2a_base64", b2a_base64, Keywords).signature("($module, data, /, *, newline=True)"),
        Method::new("a2b_hex", a2b_hex, Positional).signature("($module, hexstr, /)"),
        Method::new("unhexlify", a2b_hex, Positional).signature("($module, hexstr, /)"),
        Method::new("b2a_hex", b2a_hex, Keywords).signature("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"),
        Method::new("hexlify", b2a_hex, Keywords).signature("($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)"),
        Method::new("crc32", crc32, Positional).signature("($module, data, crc=0, /)"),
        Method::new("crc_hqx", crc_hqx, Positional).signature("($module, data, crc, /)"),
        Method::new("a2b_uu", a2b_uu, Positional).signature("($module, data, /)"),
        Method::new("b2a_uu", b2a_uu, Keywords).signature("($module, data, /, *, backtick=False)"),
        Method::new("a2b_qp", a2b_qp, Keywords).signature("($module, /, data, header=False)"),
        Method::new("b2a_qp", b2a_qp, Keywords).signature("($module, /, data, quotetabs=False, istext=True, header=False)"),
    ],
    init: |vm, module| {
        vm.add_exception(module, "binascii", "Error", &vm.types.value_error)?;
        vm.add_exception(module, "binascii", "Incomplete", &vm.types.exception)?;
        Ok(())
    },
};

fn error(vm: &Vm, message: impl Into<String>) -> Raised {
    vm.module_error("binascii", "Error", message)
}

/// The bytes of a buffer, or of text that is all ASCII.
fn ascii_buffer(vm: &Vm, obj: &Obj) -> PyResult<Vec<u8>> {
    if let Some(text) = leaf::text(obj) {
        return if text.is_ascii() {
            Ok(text.to_vec())
        } else {
            Err(vm.value_error("string argument should contain only ASCII characters"))
        };
    }
    vm.bytes_like(obj)
        .ok_or_else(|| vm.type_error(format!("argument should be bytes, buffer or ASCII string, not '{}'", vm.type_name(obj))))
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn sextet(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|&known| known == byte).map(|at| at as u32)
}

fn b2a_base64(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "b2a_base64", params: &["", "newline"], positional_only: 1, positional: 1, required: 1 };
    let [data, newline] = args.bind(vm, &SIGNATURE)?;
    let data = vm.need_bytes(data.unwrap_or(&vm.consts.none))?;
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for chunk in data.chunks(3) {
        let word = chunk.iter().enumerate().fold(0, |word, (i, &byte)| word | u32::from(byte) << (16 - 8 * i));
        let letters: [u8; 4] = std::array::from_fn(|i| ALPHABET[(word >> (18 - 6 * i) & 63) as usize]);
        out.extend_from_slice(&letters[..=chunk.len()]);
        out.extend(std::iter::repeat_n(b'=', 3 - chunk.len()));
    }
    if newline.map_or(Ok(true), |newline| vm.is_true(newline))? {
        out.push(b'\n');
    }
    Ok(vm.bytes(&out))
}

fn a2b_base64(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "a2b_base64", params: &["", "strict_mode"], positional_only: 1, positional: 1, required: 1 };
    let [data, strict] = args.bind(vm, &SIGNATURE)?;
    let data = ascii_buffer(vm, data.unwrap_or(&vm.consts.none))?;
    let strict = strict.map_or(Ok(false), |strict| vm.is_true(strict))?;
    if strict && data.first() == Some(&b'=') {
        return Err(error(vm, "Leading padding not allowed"));
    }
    let mut out = Vec::with_capacity(data.len() / 4 * 3);
    let (mut quad, mut left, mut pads, mut padded) = (0, 0u32, 0, false);
    for (i, &byte) in data.iter().enumerate() {
        if byte == b'=' {
            padded = true;
            if strict && quad == 0 {
                return Err(error(vm, if i == 0 { "Leading padding not allowed" } else { "Excess padding not allowed" }));
            }
            pads += 1;
            if quad >= 2 && quad + pads >= 4 {
                if strict && i + 1 < data.len() {
                    return Err(error(vm, "Excess data after padding"));
                }
                return Ok(vm.bytes(&out));
            }
            continue;
        }
        let Some(value) = sextet(byte) else {
            if strict {
                return Err(error(vm, "Only base64 data is allowed"));
            }
            continue;
        };
        if strict && padded {
            return Err(error(vm, "Discontinuous padding not allowed"));
        }
        pads = 0;
        match quad {
            0 => left = value,
            1 => {
                out.push((left << 2 | value >> 4) as u8);
                left = value & 15;
            }
            2 => {
                out.push((left << 4 | value >> 2) as u8);
                left = value & 3;
            }
            _ => out.push((left << 6 | value) as u8),
        }
        quad = (quad + 1) % 4;
    }
    match quad {
        0 => Ok(vm.bytes(&out)),
        1 => {
            let count = out.len() / 3 * 4 + 1;
            Err(error(
                vm,
                format!("Invalid base64-encoded string: number of data characters ({count}) cannot be 1 more than a multiple of 4"),
            ))
        }
        _ => Err(error(vm, "Incorrect padding")),
    }
}

fn a2b_hex(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let data = ascii_buffer(vm, &args.check(vm, "a2b_hex", 1, 1)?[0])?;
    if data.len() % 2 == 1 {
        return Err(error(vm, "Odd-length string"));
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(|| error(vm, "Non-hexadecimal digit found"));
    let out: PyResult<Vec<u8>> = data.as_chunks::<2>().0.iter().map(|[a, b]| Ok((digit(*a)? << 4 | digit(*b)?) as u8)).collect();
    Ok(vm.bytes(&out?))
}

fn b2a_hex(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let Some((data, rest)) = args.pos().split_first() else {
        return Err(vm.type_error("b2a_hex() missing required argument 'data' (pos 1)"));
    };
    let data = vm.need_bytes(data)?;
    let all = [rest, &args.all()[args.pos().len()..]].concat();
    let text = crate::objects::bytes_methods::hex(vm, &data, Args::new(&all, args.names()))?;
    Ok(vm.bytes(leaf::text_of(&text)))
}

fn crc32(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "crc32", 1, 2)?;
    let start = args.get(1).map_or(Ok(0), |crc| low_word(vm, crc))?;
    let crc = vm.with_bytes(&args[0], |data| super::zlib::crc32(start, data))?;
    Ok(vm.int(crc.into()))
}

/// The lowest 32 bits of an int (`PyLong_AsUnsignedLongMask`).
pub(super) fn low_word(vm: &Vm, obj: &Obj) -> PyResult<u32> {
    let number = vm.index(obj)?;
    let number = leaf::integer_of(&number);
    Ok(match number.small() {
        Some(small) => small as u32,
        None => {
            let big = number.to_big();
            let low = big.magnitude().iter_u32_digits().next().unwrap_or(0);
            if number.is_negative() { low.wrapping_neg() } else { low }
        }
    })
}

fn crc_hqx(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let args = args.check(vm, "crc_hqx", 2, 2)?;
    let (data, mut crc) = (vm.need_bytes(&args[0])?, low_word(vm, &args[1])? & 0xffff);
    for byte in data {
        crc ^= u32::from(byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 { (crc << 1 ^ 0x1021) & 0xffff } else { crc << 1 };
        }
    }
    Ok(vm.int(crc.into()))
}

fn b2a_uu(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "b2a_uu", params: &["", "backtick"], positional_only: 1, positional: 1, required: 1 };
    let [data, backtick] = args.bind(vm, &SIGNATURE)?;
    let data = vm.need_bytes(data.unwrap_or(&vm.consts.none))?;
    if data.len() > 45 {
        return Err(error(vm, "At most 45 bytes at once"));
    }
    let backtick = backtick.map_or(Ok(false), |backtick| vm.is_true(backtick))?;
    let letter = |value: u32| if value == 0 && backtick { b'`' } else { (value + 32) as u8 };
    let mut out = vec![letter(data.len() as u32)];
    for chunk in data.chunks(3) {
        let word = chunk.iter().enumerate().fold(0, |word, (i, &byte)| word | u32::from(byte) << (16 - 8 * i));
        out.extend((0..4).map(|i| letter(word >> (18 - 6 * i) & 63)));
    }
    out.push(b'\n');
    Ok(vm.bytes(&out))
}

fn a2b_uu(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    let data = ascii_buffer(vm, &args.check(vm, "a2b_uu", 1, 1)?[0])?;
    let length = data.first().map_or(32, |&first| (first.wrapping_sub(32) & 63) as usize);
    let mut bits = Vec::new();
    for &byte in data.iter().skip(1).take((length * 8).div_ceil(6).next_multiple_of(4)) {
        if matches!(byte, b'\n' | b'\r') {
            break;
        }
        if !(b' '..=b'`').contains(&byte) {
            return Err(error(vm, "Illegal char"));
        }
        bits.push((byte - 32) & 63);
    }
    bits.resize((length * 8).div_ceil(6).next_multiple_of(4), 0);
    let mut out: Vec<u8> = bits
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|quad| {
            let word = quad.iter().fold(0u32, |word, &six| word << 6 | u32::from(six));
            [(word >> 16) as u8, (word >> 8) as u8, word as u8]
        })
        .collect();
    out.truncate(length);
    Ok(vm.bytes(&out))
}

fn a2b_qp(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature = Signature { name: "a2b_qp", params: &["data", "header"], positional_only: 0, positional: 2, required: 1 };
    let [data, header] = args.bind(vm, &SIGNATURE)?;
    let data = ascii_buffer(vm, data.unwrap_or(&vm.consts.none))?;
    let header = header.map_or(Ok(false), |header| vm.is_true(header))?;
    let mut out = Vec::new();
    let mut rest = data.as_slice();
    while let [byte, more @ ..] = rest {
        rest = more;
        match (byte, more) {
            (b'=', [b'\n', after @ ..] | [b'\r', b'\n', after @ ..]) => rest = after,
            (b'=', [b'=', after @ ..]) => {
                out.push(b'=');
                rest = after;
            }
            (b'=', [a, b, after @ ..]) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0);
                out.push((digit(*a) << 4 | digit(*b)) as u8);
                rest = after;
            }
            (b'=', []) => {}
            (b'_', _) if header => out.push(b' '),
            _ => out.push(*byte),
        }
    }
    Ok(vm.bytes(&out))
}

fn b2a_qp(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "b2a_qp", params: &["data", "quotetabs", "istext", "header"], positional_only: 0, positional: 4, required: 1 };
    let [data, tabs, text, header] = args.bind(vm, &SIGNATURE)?;
    let data = vm.need_bytes(data.unwrap_or(&vm.consts.none))?;
    let truth = |given: Option<&Obj>, default: bool| given.map_or(Ok(default), |given| vm.is_true(given));
    let (tabs, text, header) = (truth(tabs, false)?, truth(text, true)?, truth(header, false)?);
    let line_end: &[u8] = if data.windows(2).any(|two| two == b"\r\n") { b"\r\n" } else { b"\n" };
    let (mut out, mut column) = (Vec::new(), 0);
    for (i, &byte) in data.iter().enumerate() {
        let next = data.get(i + 1).copied();
        let at_line_end = matches!(next, None | Some(b'\n')) || data[i + 1..].starts_with(b"\r\n");
        if text && (byte == b'\n' || (byte == b'\r' && next == Some(b'\n'))) {
            out.push(byte);
            column = 0;
            continue;
        }
        let quoted = byte > 126
            || byte == b'='
            || (header && byte == b'_')
            || (byte == b'.' && column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)))
            || (!text && matches!(byte, b'\r' | b'\n'))
            || (matches!(byte, b'\t' | b' ') && at_line_end)
            || (byte < 33 && !matches!(byte, b'\r' | b'\n' | b'\t' | b' '))
            || (matches!(byte, b'\t' | b' ') && (tabs || (header && byte == b'\t')));
        let width = if quoted { 3 } else { 1 };
        if column + width >= 76 && (quoted || next != Some(b'\n')) {
            out.push(b'=');
            out.extend_from_slice(line_end);
            column = 0;
        }
        match byte {
            _ if quoted => out.extend(format!("={byte:02X}").into_bytes()),
            b' ' if header => out.push(b'_'),
            _ => out.push(byte),
        }
        column += width;
    }
    Ok(vm.bytes(&out))
}
