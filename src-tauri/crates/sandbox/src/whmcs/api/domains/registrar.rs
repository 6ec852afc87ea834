//! What goes to a domain's registrar.

use jiff::Span;
use serde_json::json;

use crate::journal::Effect;
use crate::whmcs::desk::{Answer, Desk, OrRefuse, Refusal, done, refuse, success};
use crate::whmcs::model::services::{Domain, DomainStatus};
use crate::whmcs::params::Params;

/// The domain named by `domainid`, or by `domain` where the action takes that.
pub(super) fn find(desk: &Desk<'_>, params: &Params, refusal: &str) -> Result<u64, Refusal> {
    let by_name = || desk.state.domains.iter().find(|one| Some(one.name.as_str()) == params.text("domain"));
    let found = params.id("domainid").map_or_else(by_name, |id| desk.state.domains.get(id));
    Ok(found.or_refuse(refusal)?.id)
}

/// Talks to the registrar: it has to be switched on, and it refuses what does not fit the domain's state.
pub(super) fn call(
    desk: &mut Desk<'_>,
    id: u64,
    verb: &str,
    work: impl FnOnce(&mut Domain) -> Result<(), String>,
) -> Result<(), Refusal> {
    let Some(domain) = desk.state.domains.get(id) else { return refuse("Domain Not Found") };
    let (name, registrar, client) = (domain.name.clone(), domain.registrar.clone(), domain.client);
    let on = desk.state.modules.iter().any(|one| one.kind == "registrar" && one.active && one.name == registrar);
    let result = if on {
        desk.state.domains.get_mut(id).map_or(Ok(()), work)
    } else {
        Err("Registrar Error Message: Module not active".to_owned())
    };
    if let Err(words) = result {
        desk.log(client, format!("Domain {verb} Failed - Domain ID: {id} - Domain: {name} - Error: {words}"));
        return refuse(words);
    }
    let detail =
        desk.state.domains.get(id).map(
            |one| json!({"verb": verb, "status": one.status.text(), "expiry": one.expiry.map(|day| day.to_string())}),
        );
    desk.note(Effect::Updated, "domain", id, detail.unwrap_or_default());
    desk.log(client, format!("Domain {verb} Successful - Domain ID: {id} - Domain: {name}"));
    Ok(())
}

fn must_be_active(domain: &Domain) -> Result<(), String> {
    if domain.status == DomainStatus::Active {
        Ok(())
    } else {
        Err(format!("Domain {} is not registered with this account (EPP 2303)", domain.name))
    }
}

/// <https://developers.whmcs.com/api-reference/domainregister/>
pub(super) fn register(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain Not Found")?;
    if let Some(language) = params.text("idnlanguage").filter(|code| !(code.len() == 3 && code.is_ascii())) {
        let _ = language;
        return refuse("Invalid IDN Language. Must be one of: afr, eng, fre, ger, spa");
    }
    let today = desk.today();
    call(desk, id, "Register", |domain| {
        if domain.status == DomainStatus::Active {
            return Err(format!("Domain {} is not available (EPP 2302 Object exists)", domain.name));
        }
        domain.status = DomainStatus::Active;
        domain.registered = today;
        domain.expiry = Some(today.saturating_add(Span::new().years(i64::from(domain.period))));
        domain.next_due = domain.expiry;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domaintransfer/>
pub(super) fn transfer(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain Not Found")?;
    let code = params.string("eppcode");
    call(desk, id, "Transfer", |domain| {
        if domain.status == DomainStatus::Active {
            return Err(format!("Domain {} is already in this account", domain.name));
        }
        if !code.is_empty() {
            domain.epp = code;
        }
        domain.status = DomainStatus::PendingTransfer;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domainrenew/>
pub(super) fn renew(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain Not Found")?;
    let years = params.int("regperiod").and_then(|years| u32::try_from(years.min(99)).ok()).filter(|years| *years > 0);
    let today = desk.today();
    call(desk, id, "Renew", |domain| {
        if !matches!(domain.status, DomainStatus::Active | DomainStatus::Expired | DomainStatus::Grace) {
            return must_be_active(domain);
        }
        let years = years.unwrap_or(domain.period);
        let until = domain.expiry.unwrap_or(today).saturating_add(Span::new().years(i64::from(years)));
        if (until - today).get_days() > 3660 {
            return Err("Maximum registration period is 10 years (EPP 2306)".to_owned());
        }
        domain.expiry = Some(until);
        domain.next_due = Some(until);
        domain.status = DomainStatus::Active;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domainrelease/>
pub(super) fn release(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain Not Found")?;
    let tag = params.string("newtag");
    call(desk, id, "Release", |domain| {
        if !domain.name.ends_with(".uk") {
            return Err("Function not supported by registrar module for this TLD".to_owned());
        }
        must_be_active(domain)?;
        if tag.is_empty() {
            return Err("New tag is missing".to_owned());
        }
        domain.status = DomainStatus::TransferredAway;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domaingetlockingstatus/>
pub(super) fn get_locking_status(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let locked = desk.state.domains.get(id).is_some_and(|domain| domain.locked);
    Ok(success(json!({"lockstatus": if locked { "locked" } else { "unlocked" }})))
}

/// <https://developers.whmcs.com/api-reference/domainupdatelockingstatus/>
pub(super) fn update_locking_status(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let lock = params.flag("lockstatus");
    call(desk, id, "Update Lock", |domain| {
        must_be_active(domain)?;
        domain.locked = lock;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domaingetnameservers/>
pub(super) fn get_nameservers(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let Some(domain) = desk.state.domains.get(id) else { return refuse("Domain ID Not Found") };
    must_be_active(domain).map_err(Refusal)?;
    let mut answer = success(json!({}));
    for (number, name) in domain.nameservers.iter().enumerate() {
        answer[format!("ns{}", number + 1)] = name.as_str().into();
    }
    Ok(answer)
}

/// `ns1` to `ns5` as far as they were sent; the first two are needed.
pub(super) fn read_nameservers(params: &Params) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> =
        ["ns1", "ns2", "ns3", "ns4", "ns5"].iter().filter_map(|name| params.text(name).map(str::to_owned)).collect();
    if params.text("ns1").is_none() || params.text("ns2").is_none() {
        return refuse("ns1 and ns2 required");
    }
    Ok(names)
}

/// <https://developers.whmcs.com/api-reference/domainupdatenameservers/>
pub(super) fn update_nameservers(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let names = read_nameservers(params)?;
    call(desk, id, "Update Nameservers", |domain| {
        must_be_active(domain)?;
        if let Some(bad) = names.iter().find(|name| !name.contains('.') || name.contains(' ')) {
            return Err(format!("Nameserver {bad} is not a valid hostname (EPP 2005)"));
        }
        domain.nameservers = names;
        Ok(())
    })?;
    done()
}

/// <https://developers.whmcs.com/api-reference/domainrequestepp/>
pub(super) fn request_epp(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    call(desk, id, "Get EPP Code", must_be_active_mut)?;
    let (code, by_mail) =
        desk.state.domains.get(id).map(|domain| (domain.epp.clone(), domain.name.ends_with(".de"))).unwrap_or_default();
    if by_mail {
        // This registry writes to the owner.
        return done();
    }
    Ok(success(json!({"eppcode": code.replace('&', "&amp;").replace('<', "&lt;")})))
}

fn must_be_active_mut(domain: &mut Domain) -> Result<(), String> {
    must_be_active(domain)
}

/// <https://developers.whmcs.com/api-reference/domaintoggleidprotect/>
pub(super) fn toggle_id_protect(desk: &mut Desk<'_>, params: &Params) -> Answer {
    let id = find(desk, params, "Domain ID Not Found")?;
    let wanted = params.flag("idprotect");
    call(desk, id, "Toggle ID Protection", |domain| {
        must_be_active(domain)?;
        if domain.name.ends_with(".de") {
            return Err("ID Protection is not supported for .de".to_owned());
        }
        domain.id_protection = wanted;
        Ok(())
    })?;
    done()
}
