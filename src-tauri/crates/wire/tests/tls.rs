//! Certificates: a private authority that was added is trusted, everything else is "not sent".
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod common;

use std::net::SocketAddr;
use std::sync::Arc;

use common::{quick_options, request, wire};
use rackdesk_wire::{Cause, Effect, Retries, Sent, WireOptions};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A host with a certificate for `name` that ends in `year`; answers every request with `{}`.
    async fn host(&self, name: &str, year: i32) -> SocketAddr {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut buffer = [0; 4096];
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        addr
    }
}

fn trusting(authority: &Authority) -> WireOptions {
    WireOptions {
        extra_roots: vec![authority.pem.clone().into_bytes()],
        retries: Retries { attempts: 1, ..Retries::default() },
        ..quick_options()
    }
}

fn url(addr: SocketAddr) -> url::Url {
    format!("https://localhost:{}/", addr.port()).parse().unwrap()
}

#[tokio::test]
async fn an_added_authority_is_trusted_for_reads_and_writes() {
    let authority = Authority::new();
    let addr = authority.host("localhost", 2099).await;
    let (wire, memory) = wire(trusting(&authority));
    for effect in [Effect::Read, Effect::Billable] {
        wire.send(request(url(addr), effect)).await.expect("trusted");
    }
    assert_eq!(memory.all().len(), 2);
}

#[tokio::test]
async fn unknown_expired_and_misnamed_certificates_are_tls_and_not_sent() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for addr in [
        stranger.host("localhost", 2099).await,
        authority.host("localhost", 2021).await,
        authority.host("other.example", 2099).await,
    ] {
        let (wire, _) = wire(trusting(&authority));
        for effect in [Effect::Read, Effect::Billable] {
            let error = wire.send(request(url(addr), effect)).await.expect_err("not trusted");
            assert_eq!((error.sent, &error.cause), (Sent::NotSent, &Cause::Tls), "{error}");
            assert!(error.detail.contains("certificate"), "{error}");
        }
    }
}
