//! A kernel's life: sockets and threads come up, requests are served, everything goes down.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::connection::{Channel, Connection};
use crate::control::{self, Wish};
use crate::frontend::{Frontend, Shared};
use crate::handlers;
use crate::inbox::{Event, Inbox};
use crate::interpreter::{Failure, Info, Interpreter};
use crate::iopub::{self, Iopub};
use crate::message::{Author, Message};
use crate::zmtp::{self, Endpoint, Frames, Publisher, Router};

/// Why a kernel cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The connection file cannot be read.
    #[error("the connection file `{}` cannot be read: {why}", file.display())]
    NoConnection {
        /// The file.
        file: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The connection file does not say where to listen.
    #[error("`{}` is not a connection file: {why}", file.display())]
    BadConnection {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Somebody else listens there.
    #[error("cannot listen at {endpoint}: {source}")]
    NoSocket {
        /// The address.
        endpoint: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system has no thread left, or no signals.
    #[error("the kernel cannot start: {0}")]
    System(#[from] io::Error),
}

/// How deep the interpreter's own calls may go.
const STACK: usize = 256 << 20;
/// How long a program may take to end before it is ended.
const END_LIMIT: Duration = Duration::from_secs(2);
/// How often a kernel looks whether its starter lives.
const LOOK: Duration = Duration::from_secs(1);

/// Serves until the end of the process, which comes with `shutdown_request`. `make` makes an interpreter, on the thread it lives on; it
/// makes another one if the first breaks.
pub fn serve(
    connection: &Connection,
    info: Info,
    make: impl Fn(&Frontend) -> Rc<dyn Interpreter> + Send + 'static,
) -> Result<(), ServeError> {
    let author = Arc::new(Author::new(&connection.key));
    let inbox = Arc::new(Inbox::default());
    let dropped = Arc::new(AtomicUsize::new(0));
    let info = Arc::new(info);
    // Sockets listen before there is a kernel to hand their messages to.
    let kernel: Arc<OnceLock<Arc<Shared>>> = Arc::default();

    let read = {
        let author = Arc::clone(&author);
        move |frames: Frames| match Message::read(frames, &author.signer) {
            Ok(message) => Some(message),
            Err(_) => {
                dropped.fetch_add(1, Ordering::Relaxed);
                None
            }
        }
    };
    let bind = |channel: Channel, deliver: Box<dyn Fn(Frames) + Send + Sync>| {
        let endpoint = connection.endpoint(channel);
        Router::bind(&endpoint, deliver).map_err(|source| no_socket(&endpoint, source))
    };
    let heartbeat = connection.endpoint(Channel::Heartbeat);
    zmtp::echo(&heartbeat).map_err(|source| no_socket(&heartbeat, source))?;
    let endpoint = connection.endpoint(Channel::Iopub);
    let publisher = {
        let author = Arc::clone(&author);
        Publisher::bind(&endpoint, move |topic| iopub::welcome(&author, topic)).map_err(|source| no_socket(&endpoint, source))?
    };
    let stdin = {
        let (read, inbox) = (read.clone(), Arc::clone(&inbox));
        bind(
            Channel::Stdin,
            Box::new(move |frames| {
                if let Some(message) = read(frames).filter(|message| message.msg_type == "input_reply") {
                    inbox.put_input(message.content["value"].as_str().unwrap_or_default().to_owned());
                }
            }),
        )?
    };
    let control = {
        let (read, kernel, info, connection) = (read.clone(), Arc::clone(&kernel), Arc::clone(&info), connection.clone());
        bind(
            Channel::Control,
            Box::new(move |frames| {
                let (Some(message), shared) = (read(frames), kernel.wait()) else { return };
                if control::serve(shared, &info, message) == Wish::Shutdown {
                    shared.inbox.shut_down();
                    // The interpreter ends the process; if it does not come to it, we do.
                    thread::sleep(END_LIMIT);
                    end(shared, &connection);
                }
            }),
        )?
    };
    let shell = {
        let (read, kernel) = (read, Arc::clone(&kernel));
        bind(
            Channel::Shell,
            Box::new(move |frames| {
                let (Some(message), shared) = (read(frames), kernel.wait()) else { return };
                if let Some(lost) = shared.inbox.put_shell(message) {
                    let name = lost.subshell.as_deref().unwrap_or_default();
                    let content = json!({
                        "status": "error", "ename": "KeyError", "evalue": format!("there is no subshell `{name}`"), "traceback": [],
                    });
                    let reply = lost.msg_type.replace("_request", "_reply");
                    shared.reply(&shared.shell, &lost.parent, &reply, &content, &json!({}));
                }
            }),
        )?
    };
    let iopub = Iopub::new(Arc::clone(&author), publisher)?;
    let shared =
        Arc::new(Shared { author, iopub, inbox, shell, stdin, control, running: Default::default(), farewells: Default::default() });
    watch_signals(&shared, connection)?;
    watch_starter(&shared, connection)?;
    let interpreter = {
        let (shared, info, connection) = (Arc::clone(&shared), Arc::clone(&info), connection.clone());
        thread::Builder::new().name("interpreter".into()).stack_size(STACK).spawn(move || {
            run(&shared, &info, &make);
            end(&shared, &connection);
        })?
    };
    shared.iopub.publish("status", &json!({ "execution_state": "starting" }));
    // Nobody else sets it.
    let _ = kernel.set(shared);
    drop(interpreter.join());
    Ok(())
}

fn no_socket(endpoint: &Endpoint, source: io::Error) -> ServeError {
    ServeError::NoSocket { endpoint: endpoint.to_string(), source }
}

/// The end of the process, when all that was said is written.
fn end(shared: &Shared, connection: &Connection) -> ! {
    shared.drain();
    shared.farewells.lock().unwrap_or_else(PoisonError::into_inner).iter().for_each(|farewell| farewell());
    connection.remove_files();
    std::process::exit(0)
}

/// The main loop, on the interpreter's thread.
fn run(shared: &Arc<Shared>, info: &Info, make: &impl Fn(&Frontend) -> Rc<dyn Interpreter>) {
    let frontend = Frontend(Arc::clone(shared));
    let mut interpreter = make(&frontend);
    shared.inbox.connect(interpreter.breaker());
    loop {
        let event = shared.inbox.next();
        let subject = match &event {
            Event::Shell(message) | Event::Subshell(_, message) | Event::Debug(message) => Some(message.clone()),
            Event::Shutdown => None,
        };
        let served = catch_unwind(AssertUnwindSafe(|| match event {
            Event::Shell(message) if message.msg_type == "kernel_info_request" => {
                let about = &message.parent.header;
                shared.iopub.publish_about(about, "status", &json!({ "execution_state": "busy" }));
                shared.reply(&shared.shell, &message.parent, "kernel_info_reply", &control::kernel_info(info), &json!({}));
                shared.iopub.publish_about(about, "status", &json!({ "execution_state": "idle" }));
            }
            Event::Shell(message) => handlers::shell(shared, &*interpreter, &message, None),
            Event::Subshell(..) | Event::Debug(_) => handlers::urgent(shared, &*interpreter, event),
            Event::Shutdown => interpreter.end(),
        }));
        let Some(message) = subject else { return };
        if served.is_err() {
            tell_of_loss(shared, &message);
            // What is left of it cannot be trusted, not even to be taken down.
            std::mem::forget(std::mem::replace(&mut interpreter, make(&frontend)));
            shared.inbox.connect(interpreter.breaker());
        }
    }
}

/// The interpreter broke, which is a bug of ours: the request is answered all the same.
fn tell_of_loss(shared: &Shared, message: &Message) {
    let text = "the machine broke in this cell, which is a bug of the kernel; the session is lost, and a new one has begun";
    let failure = Failure { ename: "KernelError".into(), evalue: text.into(), traceback: vec![format!("KernelError: {text}")] };
    let mut content = json!({ "ename": failure.ename, "evalue": failure.evalue, "traceback": failure.traceback });
    shared.running().clear();
    shared.iopub.publish_about(&message.parent.header, "error", &content);
    content["status"] = "error".into();
    content["execution_count"] = 0.into();
    let (socket, reply) = match message.msg_type.as_str() {
        "debug_request" => (&shared.control, "debug_reply".to_owned()),
        other => (&shared.shell, other.replace("_request", "_reply")),
    };
    shared.reply(socket, &message.parent, &reply, &content, &json!({}));
    shared.iopub.publish_about(&message.parent.header, "status", &json!({ "execution_state": "idle" }));
    shared.iopub.enter(None);
}

/// SIGINT interrupts what runs; SIGTERM is the end.
fn watch_signals(shared: &Arc<Shared>, connection: &Connection) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let (shared, connection) = (Arc::clone(shared), connection.clone());
    thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGINT => shared.inbox.interrupt(),
                _ => end(&shared, &connection),
            }
        }
    })?;
    Ok(())
}

/// A kernel does not outlive the process that started it, if that said that it wants so.
fn watch_starter(shared: &Arc<Shared>, connection: &Connection) -> io::Result<()> {
    if std::env::var_os("JPY_PARENT_PID").is_none() {
        return Ok(());
    }
    let starter = std::os::unix::process::parent_id();
    let (shared, connection) = (Arc::clone(shared), connection.clone());
    thread::Builder::new().spawn(move || {
        while std::os::unix::process::parent_id() == starter {
            thread::sleep(LOOK);
        }
        end(&shared, &connection)
    })?;
    Ok(())
}
