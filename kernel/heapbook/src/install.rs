//! `heapbook install` and `uninstall`: the kernel's description, where Jupyter looks for it.

use compile::Version;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

use crate::cli::{InstallArgs, PlaceArgs};

/// The files that lie beside the description.
const LOGOS: [(&str, &[u8]); 3] = [
    ("logo-svg.svg", include_bytes!("../wheel/data/share/jupyter/kernels/heapbook/logo-svg.svg")),
    ("logo-32x32.png", include_bytes!("../wheel/data/share/jupyter/kernels/heapbook/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("../wheel/data/share/jupyter/kernels/heapbook/logo-64x64.png")),
];

pub(crate) fn command(args: &InstallArgs) -> anyhow::Result<ExitCode> {
    let folder = folder(&args.place)?;
    let program = env::current_exe().context("where this program lies is not known")?;
    let display_name = args.display_name.clone().unwrap_or_else(|| match args.python {
        Version::V3_14 => "Heapbook (Python)".to_owned(),
        version => format!("Heapbook (Python {version})"),
    });
    let mut argv = vec![program.to_string_lossy().into_owned(), "kernel".into(), "-f".into(), "{connection_file}".into()];
    if args.python != Version::default() {
        argv.extend(["--python".into(), args.python.name().into()]);
    }
    let env: Map<String, Value> = args.env.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone().into())).collect();
    let description = json!({
        "argv": argv,
        "display_name": display_name,
        "language": "python",
        "interrupt_mode": "message",
        "env": env,
        "metadata": { "debugger": true },
    });
    // What an older version left there is not ours to keep.
    remove(&folder)?;
    let write = |name: &str, data: &[u8]| {
        fs::write(folder.join(name), data).with_context(|| format!("`{}` cannot be written", folder.join(name).display()))
    };
    fs::create_dir_all(&folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    write("kernel.json", format!("{description:#}\n").as_bytes())?;
    for (name, data) in LOGOS {
        write(name, data)?;
    }
    println!("installed the kernel `{}` in {}", args.place.name, folder.display());
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn uninstall_command(args: &PlaceArgs) -> anyhow::Result<ExitCode> {
    let folder = folder(args)?;
    if !remove(&folder)? {
        bail!("no kernel is called `{}` in {}", args.name, folder.parent().unwrap_or(&folder).display());
    }
    println!("removed {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// Removes a kernel's folder, and nothing that is not one. Gives whether there was one.
fn remove(folder: &Path) -> anyhow::Result<bool> {
    if !folder.exists() {
        return Ok(false);
    }
    if !folder.join("kernel.json").is_file() {
        bail!("`{}` is there and is not a kernel's folder; it is left alone", folder.display());
    }
    fs::remove_dir_all(folder).with_context(|| format!("`{}` cannot be removed", folder.display()))?;
    Ok(true)
}

/// The kernel's folder.
fn folder(place: &PlaceArgs) -> anyhow::Result<PathBuf> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    if place.name.is_empty() || !place.name.chars().all(allowed) || place.name.starts_with('.') {
        bail!("`{}` is not a kernel's name: letters, digits, `.`, `-` and `_` make one", place.name);
    }
    let data = match (&place.prefix, place.sys_prefix) {
        (Some(prefix), _) => prefix.join("share/jupyter"),
        (None, true) => {
            let prefix = env::var_os("VIRTUAL_ENV").or_else(|| env::var_os("CONDA_PREFIX"));
            let prefix =
                prefix.context("no environment is active: neither VIRTUAL_ENV nor CONDA_PREFIX is set; `--prefix` names a folder")?;
            PathBuf::from(prefix).join("share/jupyter")
        }
        (None, false) => user_data()?,
    };
    // Jupyter knows kernels by names in lower case.
    Ok(data.join("kernels").join(place.name.to_lowercase()))
}

/// The user's data folder of Jupyter, as `jupyter_core.paths` finds it.
pub(crate) fn user_data() -> anyhow::Result<PathBuf> {
    if let Some(folder) = env::var_os("JUPYTER_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let home = PathBuf::from(env::var_os("HOME").context("HOME is not set; `--prefix` names a folder")?);
    if cfg!(target_os = "macos") {
        return Ok(home.join("Library/Jupyter"));
    }
    match env::var_os("XDG_DATA_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(PathBuf::from(folder).join("jupyter")),
        None => Ok(home.join(".local/share/jupyter")),
    }
}
