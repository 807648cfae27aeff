//! Where installed kernels are: the folders Jupyter looks in, in its order.

use crate::client::ClientError;
use jupyter_protocol::JupyterKernelspec;
use std::env;
use std::path::PathBuf;

/// An installed kernel.
#[derive(Debug, Clone)]
pub struct KernelSpec {
    /// Its name, the folder's.
    pub name: String,
    /// The command that starts it, `{connection_file}` in the place of the file.
    pub argv: Vec<String>,
    /// The language it says it speaks.
    pub language: String,
    /// Variables it wants.
    pub env: Vec<(String, String)>,
}

/// Finds a kernel by its name.
pub fn find(name: &str) -> Result<KernelSpec, ClientError> {
    let folders = folders();
    for folder in &folders {
        let file = folder.join("kernels").join(name).join("kernel.json");
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let spec: JupyterKernelspec =
            serde_json::from_str(&text).map_err(|error| ClientError::BadSpec { file: file.clone(), why: error.to_string() })?;
        let env = spec.env.unwrap_or_default().into_iter().collect();
        return Ok(KernelSpec { name: name.into(), argv: spec.argv, language: spec.language, env });
    }
    let mut known: Vec<String> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder.join("kernels")))
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    known.sort();
    known.dedup();
    Err(ClientError::NoKernel { name: name.into(), known: known.join(", ") })
}

/// The data folders: `JUPYTER_PATH`, the user's, the environment's, the system's.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("JUPYTER_PATH").map(|paths| env::split_paths(&paths).collect()).unwrap_or_default();
    if let Some(folder) = env::var_os("JUPYTER_DATA_DIR") {
        folders.push(folder.into());
    } else if let Ok(folder) = jupyter_zmq_client::dirs::user_data_dir() {
        folders.push(folder);
    }
    for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
        folders.extend(env::var_os(variable).map(|prefix| PathBuf::from(prefix).join("share/jupyter")));
    }
    folders.extend(jupyter_zmq_client::dirs::system_data_dirs());
    folders
}
