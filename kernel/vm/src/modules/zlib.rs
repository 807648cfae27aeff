//! `zlib`: checksums and whole compressed texts, through `miniz_oxide` (`Modules/zlibmodule.c`).

use heap::Obj;
use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, TDEFLStatus, compress_to_output, create_comp_flags_from_zip_params};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress, inflate_flags};

use super::ModuleSpec;
use super::binascii::low_word;
use crate::class::{Convention, Method};
use crate::{Args, PyResult, Raised, Signature, Vm};

/// The numbers that `zlib.h` defines.
const CONSTANTS: &[(&str, i64)] = &[
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_COMPRESSION", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "zlib",
    functions: &[
        Method::new("adler32", |vm, _, args| checksum(vm, args, "adler32", 1, adler32), Convention::Positional)
            .signature("($module, data, value=1, /)"),
        Method::new("crc32", |vm, _, args| checksum(vm, args, "crc32", 0, crc32), Convention::Positional)
            .signature("($module, data, value=0, /)"),
        Method::new("compress", compress, Convention::Keywords)
            .signature("($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)"),
        Method::new("decompress", decompress_all, Convention::Keywords)
            .signature("($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)"),
    ],
    init: |vm, module| {
        vm.add_exception(module, "zlib", "error", &vm.types.exception)?;
        let dict = vm.module_dict(module);
        for (name, value) in CONSTANTS {
            vm.dict_set_str(&dict, name, vm.int(*value));
        }
        for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
            vm.dict_set_str(&dict, name, vm.str("1.3.1"));
        }
        Ok(())
    },
};

fn error(vm: &Vm, message: &str) -> Raised {
    vm.module_error("zlib", "error", message)
}

fn checksum(vm: &Vm, args: Args<'_>, name: &str, start: u32, sum: fn(u32, &[u8]) -> u32) -> PyResult {
    let args = args.check(vm, name, 1, 2)?;
    let start = args.get(1).map_or(Ok(start), |start| low_word(vm, start))?;
    Ok(vm.int(vm.with_bytes(&args[0], |data| sum(start, data))?.into()))
}

/// The checksum of `gzip` and `zip`, by a table of 1 KB: in a browser's machine larger ones are worth more than the speed.
pub(super) fn crc32(start: u32, data: &[u8]) -> u32 {
    static CRC: crc::Crc<u32, crc::Table<1>> = crc::Crc::<u32, crc::Table<1>>::new(&crc::CRC_32_ISO_HDLC);
    let mut digest = CRC.digest_with_initial((!start).reverse_bits());
    digest.update(data);
    digest.finalize()
}

fn adler32(start: u32, data: &[u8]) -> u32 {
    let mut sum = adler2::Adler32::from_checksum(start);
    sum.write_slice(data);
    sum.checksum()
}

/// What stands around the compressed bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrapping {
    Raw,
    Zlib,
    Gzip,
    /// Zlib or gzip, whichever the data say.
    Either,
}

fn wrapping(vm: &Vm, wbits: Option<&Obj>) -> PyResult<Wrapping> {
    match wbits.map_or(Ok(15), |wbits| vm.index_isize(wbits))? {
        -15..=-8 => Ok(Wrapping::Raw),
        0 | 8..=15 => Ok(Wrapping::Zlib),
        24..=31 => Ok(Wrapping::Gzip),
        40..=47 => Ok(Wrapping::Either),
        _ => Err(vm.value_error("Invalid initialization option")),
    }
}

fn compress(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "compress", params: &["", "level", "wbits"], positional_only: 1, positional: 3, required: 1 };
    let [data, level, wbits] = args.bind(vm, &SIGNATURE)?;
    let data = vm.need_bytes(data.unwrap_or(&vm.consts.none))?;
    let level = level.map_or(Ok(-1), |level| vm.index_isize(level))?;
    if !(-1..=9).contains(&level) {
        return Err(error(vm, "Bad compression level"));
    }
    let wrapping = wrapping(vm, wbits)?;
    let level = if level < 0 { 6 } else { level as i32 };
    let flags = create_comp_flags_from_zip_params(level, if wrapping == Wrapping::Zlib { 15 } else { -15 }, 0);
    let mut out = match wrapping {
        Wrapping::Gzip => vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, u8::from(level == 9) * 2 + u8::from(level == 1) * 4, 3],
        _ => Vec::new(),
    };
    let mut compressor = CompressorOxide::new(flags);
    let (status, _) = compress_to_output(&mut compressor, &data, TDEFLFlush::Finish, |part| {
        out.extend_from_slice(part);
        true
    });
    if status != TDEFLStatus::Done {
        return Err(error(vm, "Error -2 while compressing data"));
    }
    if wrapping == Wrapping::Gzip {
        out.extend(crc32(0, &data).to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
    }
    Ok(vm.bytes(&out))
}

/// How long a gzip header is, if there is a whole one.
fn gzip_header(data: &[u8]) -> Option<usize> {
    let flags = *data.get(3).filter(|_| data.starts_with(&[0x1f, 0x8b, 8]))?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]));
    }
    for bit in [8, 16] {
        if flags & bit != 0 {
            at += data.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
        }
    }
    Some(if flags & 2 != 0 { at + 2 } else { at })
}

fn decompress_all(vm: &Vm, _: &Obj, args: Args<'_>) -> PyResult {
    static SIGNATURE: Signature =
        Signature { name: "decompress", params: &["", "wbits", "bufsize"], positional_only: 1, positional: 3, required: 1 };
    let [data, wbits, _] = args.bind(vm, &SIGNATURE)?;
    let data = vm.need_bytes(data.unwrap_or(&vm.consts.none))?;
    let mut wrapping = wrapping(vm, wbits)?;
    if wrapping == Wrapping::Either {
        wrapping = if data.starts_with(&[0x1f, 0x8b]) { Wrapping::Gzip } else { Wrapping::Zlib };
    }
    let truncated = || error(vm, "Error -5 while decompressing data: incomplete or truncated stream");
    let start = match wrapping {
        Wrapping::Gzip if data.len() > 2 && !data.starts_with(&[0x1f, 0x8b]) => {
            return Err(error(vm, "Error -3 while decompressing data: incorrect header check"));
        }
        Wrapping::Gzip => gzip_header(&data).filter(|&start| start <= data.len()).ok_or_else(truncated)?,
        // `deflate` in a window of 32K at most, and a check of the two bytes.
        Wrapping::Zlib if data.len() >= 2 && (data[0] & 15 != 8 || (u32::from(data[0]) << 8 | u32::from(data[1])) % 31 != 0) => {
            return Err(error(vm, "Error -3 while decompressing data: incorrect header check"));
        }
        _ => 0,
    };
    let zlib = if wrapping == Wrapping::Zlib { inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER } else { 0 };
    let flags = zlib | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | inflate_flags::TINFL_FLAG_COMPUTE_ADLER32;
    let mut state = Box::<DecompressorOxide>::default();
    let (mut out, mut read, mut written) = (vec![0; 16384.max(data.len() * 2)], start, 0);
    loop {
        let (status, more_read, more_written) = decompress(&mut state, &data[read..], &mut out, written, flags);
        read += more_read;
        written += more_written;
        match status {
            TINFLStatus::Done => break,
            TINFLStatus::HasMoreOutput => out.resize(out.len() * 2, 0),
            TINFLStatus::NeedsMoreInput | TINFLStatus::FailedCannotMakeProgress => return Err(truncated()),
            TINFLStatus::Adler32Mismatch => return Err(error(vm, "Error -3 while decompressing data: incorrect data check")),
            _ => return Err(error(vm, "Error -3 while decompressing data: invalid block type")),
        }
    }
    out.truncate(written);
    if wrapping == Wrapping::Gzip {
        let trailer = data.get(read..read + 8).ok_or_else(truncated)?;
        if trailer[..4] != crc32(0, &out).to_le_bytes() {
            return Err(error(vm, "Error -3 while decompressing data: incorrect data check"));
        }
    }
    Ok(vm.bytes(&out))
}
