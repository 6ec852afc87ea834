//! How failures of the rooms below become the one error that people see.

mod words;

use std::collections::BTreeMap;

use rackdesk_console::{act::EngineError, fault::Fault, profile::BookError, session::SessionError};

use crate::{AppError, ErrorCode};

impl AppError {
    /// An error with its sentence, hint and retryability made from code and parameters.
    pub fn with<const N: usize>(code: ErrorCode, params: [(&str, String); N]) -> Self {
        Fault::with(code, params).into()
    }

    fn made(code: ErrorCode, params: BTreeMap<String, String>) -> Self {
        Self {
            code,
            message: words::sentence(code, &params),
            hint: words::hint(code, &params),
            retryable: words::retryable(code),
            request_id: None,
            params,
        }
    }

    /// An error with words that no code has; the code's own hint stands.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::of(code) }
    }

    /// An error without parameters.
    pub fn of(code: ErrorCode) -> Self {
        Self::with(code, [])
    }

    /// An input that cannot be used.
    pub fn invalid(field: &str, problem: impl Into<String>) -> Self {
        Self::with(ErrorCode::InvalidInput, [("field", field.to_owned()), ("problem", problem.into())])
    }

    /// A thing that is not in the store.
    pub fn missing(what: impl Into<String>) -> Self {
        Self::with(ErrorCode::NotFound, [("what", what.into())])
    }

    /// A fault of our own.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::with(ErrorCode::Internal, [("detail", detail.to_string())])
    }

    /// Names the provider call it came from.
    #[must_use]
    pub fn request(mut self, id: impl ToString) -> Self {
        self.request_id = Some(id.to_string());
        self
    }
}

impl From<std::io::Error> for AppError {
    fn from(e: std::io::Error) -> Self {
        if e.kind() == std::io::ErrorKind::StorageFull {
            Self::of(ErrorCode::DiskFull)
        } else {
            Self::with(ErrorCode::StoreFailed, [("detail", e.to_string())])
        }
    }
}

impl From<BookError> for AppError {
    fn from(e: BookError) -> Self {
        match e {
            BookError::Io { source, .. } => source.into(),
            BookError::Damaged { .. } => Self::with(ErrorCode::StoreFailed, [("detail", e.to_string())]),
        }
    }
}

impl From<Fault> for AppError {
    fn from(fault: Fault) -> Self {
        Self { request_id: fault.request_id, ..Self::made(fault.code, fault.params) }
    }
}

macro_rules! through_fault {
    ($($from:ty),*) => {$(
        impl From<$from> for AppError {
            fn from(e: $from) -> Self {
                Fault::from(e).into()
            }
        }
    )*};
}

through_fault!(rackdesk_store::StoreError, rackdesk_store::OpenError, rackdesk_vault::VaultError);

impl From<EngineError> for AppError {
    fn from(e: EngineError) -> Self {
        match e {
            EngineError::AnotherWorker => Self::of(ErrorCode::AnotherWorker),
            EngineError::Lock(e) => e.into(),
            EngineError::Store(e) => e.into(),
        }
    }
}

impl From<&rackdesk_contabo::Error> for AppError {
    fn from(e: &rackdesk_contabo::Error) -> Self {
        Fault::from(e).into()
    }
}

impl From<&rackdesk_whmcs::Error> for AppError {
    fn from(e: &rackdesk_whmcs::Error) -> Self {
        Fault::from(e).into()
    }
}

impl From<rackdesk_whmcs::ConfigError> for AppError {
    fn from(e: rackdesk_whmcs::ConfigError) -> Self {
        let field = match e {
            rackdesk_whmcs::ConfigError::AccessKey => "whmcs.access_key",
            rackdesk_whmcs::ConfigError::Credentials => "whmcs.secret",
            _ => "whmcs.url",
        };
        Self::invalid(field, e.to_string())
    }
}

impl From<SessionError> for AppError {
    fn from(e: SessionError) -> Self {
        match e {
            SessionError::Store(e) => e.into(),
            SessionError::Log(e) => e.into(),
            SessionError::Config(e) => e.into(),
        }
    }
}
