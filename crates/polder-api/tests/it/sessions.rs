use std::time::Duration;

use axum::body::Body;
use chrono::TimeDelta;
use polder_api::Limits;
use polder_store::on_both_databases;
use polder_store::sessions;
use serde_json::{Value, json};

use crate::harness::{Answer, Server};

/// A browser: it keeps the cookie that it is given, and its page what the session told it.
struct Browser<'s> {
    server: &'s Server,
    /// `name=value`.
    cookie: String,
    csrf: String,
}

/// The cookie that an answer sets: name and value, and what is said of it.
fn set_cookie(answer: &Answer) -> (String, String) {
    let (pair, more) = answer.header("set-cookie").expect("a cookie").split_once("; ").unwrap();
    (pair.to_owned(), more.to_owned())
}

impl<'s> Browser<'s> {
    async fn sign_in(server: &'s Server, token: &str) -> Self {
        let answer = server.call("", "POST", "/session", &json!({"token": token})).await;
        let session = answer.is(200);
        Self { server, cookie: set_cookie(&answer).0, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    /// A request with the cookie and these headers.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request =
            Server::request(method, &format!("/api/v1{path}"), "").header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.server.send(request.body(body).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], &Value::Null).await
    }

    /// As a page of Polder does it.
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.send("POST", path, &[("x-csrf-token", &self.csrf)], &body).await
    }

    async fn sign_out(&self) -> Answer {
        self.send("DELETE", "/session", &[("x-csrf-token", &self.csrf)], &Value::Null).await
    }
}

/// What the audit log says, oldest first.
async fn deeds(server: &Server) -> Vec<String> {
    let entries = server.get("/audit?limit=500").await.is(200);
    let entries = entries["items"].as_array().unwrap().iter().rev();
    entries
        .map(|entry| format!("{} {}", entry["action"].as_str().unwrap(), entry["actor"].as_str().unwrap()))
        .collect()
}

fn viewer(name: &str) -> Value {
    json!({"name": name, "grants": [{"role": "viewer"}]})
}

on_both_databases! {
    async fn a_token_goes_in_and_a_cookie_comes_out(store: Store) {
        let server = Server::new(store).await;
        let answer = server.call("", "POST", "/session", &json!({"token": format!(" {}\n", server.admin)})).await;
        let session = answer.is(200);
        let (pair, more) = set_cookie(&answer);
        assert!(pair.starts_with("__Host-polder_session=") && pair.len() == 22 + 43, "{pair}");
        assert_eq!(more, "Path=/; HttpOnly; SameSite=Strict; Max-Age=43200; Secure");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        let csrf = session["csrf"].as_str().unwrap();
        assert_eq!(session, json!({
            "name": "admin", "workspace": "default", "grants": [{"role": "admin"}],
            "expires_at": "2026-11-21T22:00:00Z", "token_expires_at": null, "csrf": csrf,
        }));
        let secret = pair.split_once('=').unwrap().1;
        assert!(!answer.text().contains(secret), "it is in the cookie only");

        let browser = Browser::sign_in(&server, &server.admin).await;
        assert_eq!(browser.get("/whoami").await.is(200)["name"], "admin");
        assert_eq!(browser.get("/session").await.is(200)["csrf"], browser.csrf);
        server.call("", "GET", "/session", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
        assert!(!server.get("/audit").await.text().contains(secret));
        assert_eq!(deeds(&server).await, ["session.start admin", "session.start admin"]);
    }

    async fn over_plain_http_the_cookie_has_a_plain_name(store: Store) {
        let server = Server::reached_by(store, Limits::default(), "http://127.0.0.1:7070").await;
        let answer = server.call("", "POST", "/session", &json!({"token": server.admin})).await;
        let (pair, more) = set_cookie(&answer);
        assert!(pair.starts_with("polder_session="), "{pair}");
        assert_eq!(more, "Path=/; HttpOnly; SameSite=Strict; Max-Age=43200");
    }

    async fn what_changes_something_needs_the_token_against_forgery(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        let other = Browser::sign_in(&server, &server.admin).await;
        let start = "/pipelines/web/build/runs";
        for headers in [
            &[][..],
            &[("x-csrf-token", "")],
            &[("x-csrf-token", "wrong")],
            &[("x-csrf-token", &other.csrf)],
            &[("x-csrf-token", &browser.csrf), ("sec-fetch-site", "cross-site")],
        ] {
            browser.send("POST", start, headers, &Value::Null).await.is_problem(403, "CSRF_TOKEN");
        }
        browser.send("DELETE", "/session", &[], &Value::Null).await.is_problem(403, "CSRF_TOKEN");
        assert_eq!(server.get("/runs").await.is(200)["items"], json!([]), "nothing was started");
        browser.post(start, json!({})).await.is(202);
        let headers = [("x-csrf-token", browser.csrf.as_str()), ("sec-fetch-site", "same-origin")];
        browser.send("POST", start, &headers, &json!({})).await.is(202);
        browser.send("GET", "/runs", &[("sec-fetch-site", "cross-site")], &Value::Null).await.is(200);
        server.post(start, json!({})).await.is(202);
    }

    async fn other_sites_cannot_sign_a_browser_in_nor_use_what_it_adds_by_itself(store: Store) {
        use base64::Engine as _;
        let server = Server::new(store).await;
        let sign_in = |site: &'static str| {
            let body = Body::from(json!({"token": server.admin}).to_string());
            Server::request("POST", "/api/v1/session", "").header("sec-fetch-site", site).body(body).unwrap()
        };
        server.send(sign_in("cross-site")).await.is_problem(403, "CSRF_TOKEN");
        server.send(sign_in("same-origin")).await.is(200);
        let basic = base64::prelude::BASE64_STANDARD.encode(format!("x:{}", server.admin));
        let basic = [("authorization", format!("Basic {basic}")), ("authorization", format!("Bearer {}", server.admin))];
        for ((name, value), expected) in basic.into_iter().zip([403, 201]) {
            let request = Server::request("POST", "/api/v1/tokens", "").header(name, value).header("sec-fetch-site", "cross-site");
            let answer = server.send(request.body(Body::from(viewer("x").to_string())).unwrap()).await;
            assert_eq!(answer.status.as_u16(), expected);
        }
    }

    async fn a_session_ends_when_it_is_not_used(store: Store) {
        let server = Server::new(store.clone()).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        server.clock.advance(TimeDelta::seconds(59));
        assert_eq!(browser.get("/whoami").await.header("set-cookie"), None, "its use is noted once a minute");
        for _ in 0..3 {
            server.clock.advance(TimeDelta::hours(11));
            let answer = browser.get("/whoami").await;
            answer.is(200);
            let (pair, more) = set_cookie(&answer);
            assert_eq!(pair, browser.cookie, "the browser keeps it for as long as the server does");
            assert!(more.contains("Max-Age=43200"), "{more}");
            assert_eq!(browser.get("/whoami").await.header("set-cookie"), None);
        }
        let end = server.clock_now() + TimeDelta::hours(12);
        let told = browser.get("/session").await.is(200)["expires_at"].clone();
        assert_eq!(told.as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap(), end);
        server.clock.advance(TimeDelta::hours(12));
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");
        browser.get("/session").await.is_problem(401, "UNAUTHENTICATED");
        browser.post("/pipelines/web/build/runs", json!({})).await.is_problem(401, "UNAUTHENTICATED");
        server.engine.tidy().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert_eq!(sessions::delete_expired(&mut tx, server.clock_now()).await.unwrap(), 0, "it was removed");
    }

    async fn somebody_who_goes_on_working_stays_signed_in_however_short_a_session_is(store: Store) {
        let limits = Limits { session_idle: Duration::from_secs(10), ..Limits::default() };
        let server = Server::with_limits(store, limits).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        for _ in 0..8 {
            server.clock.advance(TimeDelta::seconds(5));
            browser.get("/whoami").await.is(200);
        }
        server.clock.advance(TimeDelta::seconds(10));
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn a_session_ends_with_its_token_and_so_do_its_streams(store: Store) {
        let server = Server::new(store).await;
        let end = server.clock_now() + TimeDelta::hours(1);
        let mut create = viewer("ci");
        create["expires_at"] = json!(end);
        let created = server.post("/tokens", create).await.is(201);
        let browser = Browser::sign_in(&server, created["token"].as_str().unwrap()).await;
        let session = browser.get("/session").await.is(200);
        assert_eq!((&session["expires_at"], &session["token_expires_at"]), (&created["expires_at"], &created["expires_at"]));
        server.clock.advance(TimeDelta::hours(1));
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");

        let created = server.post("/tokens", viewer("ci")).await.is(201);
        let browser = Browser::sign_in(&server, created["token"].as_str().unwrap()).await;
        let mut events = server.events_with("/changes", ("cookie", &browser.cookie)).await;
        let path = format!("/tokens/{}", created["id"].as_str().unwrap());
        server.call(&server.admin, "DELETE", &path, &Value::Null).await.is(200);
        server.deploy_site().await;
        assert_eq!(events.rest().await, [], "nothing is told any more");
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");
        browser.get("/session").await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn signing_out_ends_the_session_and_its_streams_and_nobody_elses(store: Store) {
        let server = Server::new(store).await;
        let (browser, other) = (Browser::sign_in(&server, &server.admin).await, Browser::sign_in(&server, &server.admin).await);
        let mut events = server.events_with("/changes", ("cookie", &browser.cookie)).await;
        let mut others = server.events_with("/changes", ("cookie", &other.cookie)).await;
        let answer = browser.sign_out().await;
        assert_eq!(answer.is(200), json!({"ended": true}));
        assert_eq!(set_cookie(&answer).0, "__Host-polder_session=");
        assert!(set_cookie(&answer).1.contains("Max-Age=0"));
        assert_eq!(browser.sign_out().await.is(200), json!({"ended": false}), "once is enough");
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");
        server.deploy_site().await;
        assert_eq!(events.rest().await, []);
        assert!(others.next().await.is_some());
        other.get("/whoami").await.is(200);
        let log = deeds(&server).await;
        assert_eq!(log.iter().filter(|deed| *deed == "session.end admin").count(), 1, "{log:?}");
    }

    async fn who_signs_in_anew_leaves_the_session_before(store: Store) {
        let server = Server::new(store).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        let again = browser.send("POST", "/session", &[], &json!({"token": server.admin})).await;
        again.is(200);
        assert_ne!(set_cookie(&again).0, browser.cookie);
        browser.get("/whoami").await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn a_stream_does_not_keep_a_session_alive(store: Store) {
        let limits = Limits { session_idle: Duration::from_millis(200), ..Limits::default() };
        let server = Server::with_limits(store, limits).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        let mut events = server.events_with("/changes", ("cookie", &browser.cookie)).await;
        server.clock.advance(TimeDelta::milliseconds(199));
        browser.get("/whoami").await.is(200);
        server.clock.advance(TimeDelta::milliseconds(200));
        assert_eq!(events.rest().await, [], "it has ended");
    }

    async fn what_a_page_asks_by_itself_does_not_keep_a_session_alive(store: Store) {
        let server = Server::new(store).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        for alone in [("x-polder-background", "1"), ("accept", "text/event-stream")] {
            server.clock.advance(TimeDelta::hours(5));
            for path in ["/whoami", "/session"] {
                let answer = browser.send("GET", path, &[alone], &Value::Null).await;
                answer.is(200);
                let said = answer.header("set-cookie").unwrap_or_default();
                assert!(!said.contains("Max-Age=43200"), "{path}: {said}");
            }
        }
        server.clock.advance(TimeDelta::hours(1));
        browser.get("/whoami").await.is(200);
        server.clock.advance(TimeDelta::hours(11));
        browser.get("/whoami").await.is(200);
        server.clock.advance(TimeDelta::hours(12));
        browser.send("GET", "/whoami", &[("x-polder-background", "1")], &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
    }

    async fn wrong_tokens_are_counted_and_agents_cannot_sign_in(store: Store) {
        let server = Server::with_limits(store, Limits { failed_logins: 2, ..Limits::default() }).await;
        let agent = server.token("runner", &[("agent", None)]).await;
        for token in [&agent, &server.agent] {
            let answer = server.call("", "POST", "/session", &json!({"token": token})).await;
            let problem = answer.is_problem(403, "FORBIDDEN");
            assert!(problem["detail"].as_str().unwrap().contains("an agent's token cannot sign in"), "{problem}");
            assert_eq!(answer.header("set-cookie"), None);
        }
        for _ in 0..2 {
            let answer = server.call("", "POST", "/session", &json!({"token": "pld_guess"})).await;
            answer.is_problem(401, "UNAUTHENTICATED");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"polder\""), "no window of the browser's own");
        }
        let refused = server.call("", "POST", "/session", &json!({"token": "pld_guess"})).await;
        refused.is_problem(429, "TOO_MANY_REQUESTS");
        assert_eq!(refused.header("retry-after"), Some("61"));
        server.call("pld_guess", "GET", "/whoami", &Value::Null).await.is_problem(429, "TOO_MANY_REQUESTS");
        Browser::sign_in(&server, &server.admin).await;
        for body in [json!({"token": ""}), json!({"token": 7}), json!({}), json!({"token": "x", "hush": 1}), json!([])] {
            let answer = server.call("", "POST", "/session", &body).await;
            assert!([400, 429].contains(&answer.status.as_u16()) && !answer.text().contains("hush"), "{}", answer.text());
        }
    }

    async fn a_cookie_counts_where_the_request_says_nothing_itself(store: Store) {
        let server = Server::new(store).await;
        let other = server.token("other", &[("viewer", None)]).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        let bearer = format!("Bearer {other}");
        let both = browser.send("GET", "/whoami", &[("authorization", &bearer)], &Value::Null).await.is(200);
        assert_eq!(both["name"], "other");
        let admin = format!("Bearer {}", server.admin);
        browser.send("POST", "/tokens", &[("authorization", &admin)], &viewer("x")).await.is(201);
        for wrong in ["Bearer pld_wrong", "Digest x", ""] {
            let answer = browser.send("GET", "/whoami", &[("authorization", wrong)], &Value::Null).await;
            answer.is_problem(401, "UNAUTHENTICATED");
        }
        let secret = browser.cookie.split_once('=').unwrap().1;
        server.call(secret, "GET", "/whoami", &Value::Null).await.is_problem(401, "UNAUTHENTICATED");
        let metrics = Server::request("GET", "/metrics", "").header("cookie", &browser.cookie);
        assert_eq!(server.send(metrics.body(Body::empty()).unwrap()).await.status, 200);
    }

    async fn cookies_of_others_and_broken_ones_do_no_harm(store: Store) {
        let server = Server::new(store).await;
        let browser = Browser::sign_in(&server, &server.admin).await;
        let among = |cookie: &str| format!("{}; theirs=\"a,b\"; x; =; {cookie}; y=1", vec!["a=b"; 50].join("; "));
        let with = async |cookie: String| {
            let request = Server::request("GET", "/api/v1/whoami", "").header("cookie", "first=1").header("cookie", cookie);
            server.send(request.body(Body::empty()).unwrap()).await
        };
        with(among(&browser.cookie)).await.is(200);
        with(format!("__Host-polder_session=broken; {}", browser.cookie)).await.is(200);
        let token = format!("__Host-polder_session={}", server.admin);
        let plain = browser.cookie.replace("__Host-", "");
        for wrong in ["__Host-polder_session=", "__Host-polder_session=x", "other=1", &token, &plain] {
            let answer = with(among(wrong)).await;
            answer.is_problem(401, "UNAUTHENTICATED");
            let offered = answer.header("www-authenticate").unwrap();
            assert_eq!(offered.contains("Basic"), wrong == "other=1", "{wrong}: {offered}");
        }
    }
}
