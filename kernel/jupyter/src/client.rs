//! One running kernel and the sockets to it.
//!
//! Cells run one after the other; a cell has ended when the kernel said *idle* for it on iopub and answered
//! on shell. The outside is blocking: who drives a kernel has nothing else to do meanwhile.

use crate::ansi::plain;
use crate::kernelspec::KernelSpec;
use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::media::MediaType;
use jupyter_protocol::{
    ConnectionInfo, ExecuteRequest, ExecutionState, JupyterMessage, JupyterMessageContent, KernelInfoRequest, Media, Stdio,
};
use jupyter_zmq_client::{
    ClientIoPubConnection, ClientShellConnection, RuntimeError, create_client_iopub_connection,
    create_client_shell_connection_with_identity, peek_ports_with_listeners, peer_identity_for_session,
};
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::{Child, Command};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use uuid::Uuid;

/// A piece of a cell's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Text on standard output.
    Stdout(String),
    /// Text on standard error.
    Stderr(String),
    /// The cell's value, as plain text.
    Result(String),
    /// Something shown, as plain text.
    Display(String),
    /// What ended the cell.
    Error {
        /// The class of the error.
        ename: String,
        /// Its text.
        evalue: String,
        /// The report, colors removed.
        traceback: String,
    },
}

/// What can go wrong with a kernel.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No such kernel.
    #[error("no kernel is called `{name}`; there are: {known}. `JUPYTER_PATH` names more folders")]
    NoKernel {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A kernel's description cannot be read.
    #[error("`{}` does not describe a kernel: {why}", file.display())]
    BadSpec {
        /// The description.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The kernel's process cannot be started.
    #[error("`{command}` did not start: {why}")]
    NotStarted {
        /// The command.
        command: String,
        /// What the system says.
        why: String,
    },
    /// The kernel is there and does not speak.
    #[error("the kernel did not answer within {seconds} s")]
    Silent {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The kernel's process ended.
    #[error("the kernel ended ({status})")]
    Ended {
        /// How.
        status: String,
    },
    /// A message could not be sent or read.
    #[error("the line to the kernel broke: {0}")]
    Wire(#[from] RuntimeError),
    /// Files or threads are lacking.
    #[error("{0}")]
    System(#[from] std::io::Error),
}

/// A running kernel.
pub struct Client {
    runtime: Runtime,
    wires: Wires,
    version: String,
    language: String,
}

struct Wires {
    child: Child,
    shell: ClientShellConnection,
    iopub: ClientIoPubConnection,
}

/// A kernel that is not ready by then will not be.
const START_LIMIT: Duration = Duration::from_secs(60);
/// So often a kernel is started before its trouble is told.
const MOST_TRIES: usize = 3;
/// How long the first answers are waited for before they are asked for again.
const ASK_AGAIN: Duration = Duration::from_millis(500);

impl Client {
    /// Starts a kernel that works in the folder `at`, with arguments and variables beside its own, and waits until it answers. The file
    /// that tells it where to listen is put into `folder`.
    pub fn start(spec: &KernelSpec, arguments: &[&str], env: &[(&str, &str)], folder: &Path, at: &Path) -> Result<Client, ClientError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (wires, language, version) = runtime.block_on(async {
            let mut tries = 0;
            loop {
                tries += 1;
                match timeout(START_LIMIT, start(spec, arguments, env, folder, at)).await {
                    // Ports are chosen before the kernel takes them; another process may be faster.
                    Ok(Err(ClientError::Wire(_) | ClientError::Ended { .. })) if tries < MOST_TRIES => {}
                    Ok(started) => return started,
                    Err(_) => return Err(ClientError::Silent { seconds: START_LIMIT.as_secs() }),
                }
            }
        })?;
        Ok(Client { runtime, wires, version, language })
    }

    /// The version of the language, as the kernel says.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The language, as the kernel says.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Runs a cell. `limit` is the longest time without a word from the kernel.
    pub fn execute(&mut self, code: &str, limit: Duration) -> Result<Vec<Event>, ClientError> {
        let mut events = Vec::new();
        self.execute_live(code, limit, &mut |event| add(event, &mut events))?;
        Ok(events)
    }

    /// As [`Client::execute`], but each piece of output is given to `each` when it comes.
    pub fn execute_live(&mut self, code: &str, limit: Duration, each: &mut dyn FnMut(Event)) -> Result<(), ClientError> {
        self.runtime.block_on(self.wires.execute(ExecuteRequest::new(code.to_owned()), limit, each))
    }

    /// Runs code that leaves no trace in the history and is not counted.
    pub fn prepare(&mut self, code: &str, limit: Duration) -> Result<(), ClientError> {
        let mut request = ExecuteRequest::new(code.to_owned());
        request.silent = true;
        request.store_history = false;
        self.runtime.block_on(self.wires.execute(request, limit, &mut |_| ()))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // The kernel may have ended by itself.
        let _ = self.runtime.block_on(self.wires.child.kill());
    }
}

async fn start(
    spec: &KernelSpec,
    arguments: &[&str],
    env: &[(&str, &str)],
    folder: &Path,
    at: &Path,
) -> Result<(Wires, String, String), ClientError> {
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let (ports, held) = peek_ports_with_listeners(ip, 5).await?;
    let info = ConnectionInfo {
        transport: Transport::TCP,
        ip: ip.to_string(),
        stdin_port: ports[0],
        control_port: ports[1],
        hb_port: ports[2],
        shell_port: ports[3],
        iopub_port: ports[4],
        signature_scheme: "hmac-sha256".to_owned(),
        key: Uuid::new_v4().to_string(),
        kernel_name: Some(spec.name.clone()),
    };
    let file = folder.join(format!("kernel-{}.json", Uuid::new_v4()));
    std::fs::write(&file, serde_json::to_string(&info).map_err(std::io::Error::from)?)?;
    let command = spec.argv.join(" ");
    let not_started = |why: String| ClientError::NotStarted { command: command.clone(), why };
    let (program, own_arguments) = spec.argv.split_first().ok_or_else(|| not_started("its description names no command".into()))?;
    // They are given up before the process starts: it would hold on to them for a moment, and a connection
    // made in that moment would reach nobody.
    drop(held);
    let mut child = Command::new(program)
        .args(own_arguments.iter().map(|argument| argument.replace("{connection_file}", &file.to_string_lossy())))
        .args(arguments)
        .envs(spec.env.iter().map(|(key, value)| (key, value)))
        .envs(env.iter().copied())
        .current_dir(at)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| not_started(error.to_string()))?;
    let session = Uuid::new_v4().to_string();
    let connect = async {
        let iopub = create_client_iopub_connection(&info, "", &session).await?;
        let shell = create_client_shell_connection_with_identity(&info, &session, peer_identity_for_session(&session)?).await?;
        Ok::<_, ClientError>((iopub, shell))
    };
    let (iopub, shell) = tokio::select! {
        connected = connect => connected?,
        status = child.wait() => return Err(ClientError::Ended { status: status?.to_string() }),
    };
    let mut wires = Wires { child, shell, iopub };
    let (language, version) = wires.ready().await?;
    Ok((wires, language, version))
}

impl Wires {
    /// Asks who is there until both sockets answer: what iopub sends before it is subscribed to is lost.
    async fn ready(&mut self) -> Result<(String, String), ClientError> {
        let mut told = None;
        loop {
            let request: JupyterMessage = KernelInfoRequest {}.into();
            let id = request.header.msg_id.clone();
            self.shell.send(request).await?;
            if let Ok(reply) = self.within(ASK_AGAIN, |wires| Box::pin(wires.shell.read())).await?
                && let JupyterMessageContent::KernelInfoReply(info) = reply.content
            {
                told = Some((info.language_info.name, info.language_info.version));
            }
            while told.is_some()
                && let Ok(message) = self.within(ASK_AGAIN, |wires| Box::pin(wires.iopub.read())).await?
            {
                if is_idle(&message, &id)
                    && let Some(told) = told.take()
                {
                    return Ok(told);
                }
            }
        }
    }

    /// Waits for a message; gives the silence back as an error inside.
    async fn within<'w>(
        &'w mut self,
        limit: Duration,
        read: impl FnOnce(&'w mut Wires) -> std::pin::Pin<Box<dyn Future<Output = Result<JupyterMessage, RuntimeError>> + 'w>>,
    ) -> Result<Result<JupyterMessage, ()>, ClientError> {
        if let Some(status) = self.child.try_wait()? {
            return Err(ClientError::Ended { status: status.to_string() });
        }
        match timeout(limit, read(self)).await {
            Ok(message) => Ok(Ok(message?)),
            Err(_) => Ok(Err(())),
        }
    }

    async fn execute(&mut self, mut request: ExecuteRequest, limit: Duration, each: &mut dyn FnMut(Event)) -> Result<(), ClientError> {
        request.allow_stdin = false;
        let request: JupyterMessage = request.into();
        let id = request.header.msg_id.clone();
        self.shell.send(request).await?;
        loop {
            let message = self.next_iopub(limit).await?;
            if message.parent_header.as_ref().is_none_or(|parent| parent.msg_id != id) {
                continue;
            }
            if is_idle(&message, &id) {
                break;
            }
            if let Some(event) = event(message.content) {
                each(event);
            }
        }
        // The answer on shell says nothing that iopub has not said; it is read so that the next is the next.
        loop {
            let Ok(reply) = timeout(limit, self.shell.read()).await else {
                return Err(ClientError::Silent { seconds: limit.as_secs() });
            };
            if reply?.parent_header.is_some_and(|parent| parent.msg_id == id) {
                return Ok(());
            }
        }
    }

    async fn next_iopub(&mut self, limit: Duration) -> Result<JupyterMessage, ClientError> {
        tokio::select! {
            biased;
            message = self.iopub.read() => Ok(message?),
            status = self.child.wait() => Err(ClientError::Ended { status: status?.to_string() }),
            () = tokio::time::sleep(limit) => Err(ClientError::Silent { seconds: limit.as_secs() }),
        }
    }
}

fn is_idle(message: &JupyterMessage, id: &str) -> bool {
    let idle = matches!(&message.content, JupyterMessageContent::Status(status) if status.execution_state == ExecutionState::Idle);
    idle && message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == id)
}

/// What a message says, if it is one of output.
fn event(content: JupyterMessageContent) -> Option<Event> {
    match content {
        JupyterMessageContent::StreamContent(stream) => Some(match stream.name {
            Stdio::Stdout => Event::Stdout(stream.text),
            Stdio::Stderr => Event::Stderr(stream.text),
        }),
        JupyterMessageContent::ExecuteResult(result) => plain_of(&result.data).map(Event::Result),
        JupyterMessageContent::DisplayData(data) => plain_of(&data.data).map(Event::Display),
        JupyterMessageContent::ErrorOutput(error) => {
            let traceback = plain(&error.traceback.join("\n"));
            Some(Event::Error { ename: error.ename, evalue: error.evalue, traceback })
        }
        _ => None,
    }
}

/// Adds an event; pieces of one stream become one.
fn add(event: Event, events: &mut Vec<Event>) {
    match (event, events.last_mut()) {
        (Event::Stdout(text), Some(Event::Stdout(last))) | (Event::Stderr(text), Some(Event::Stderr(last))) => *last += &text,
        (event, _) => events.push(event),
    }
}

fn plain_of(media: &Media) -> Option<String> {
    media.content.iter().find_map(|kind| match kind {
        MediaType::Plain(text) => Some(text.clone()),
        _ => None,
    })
}
