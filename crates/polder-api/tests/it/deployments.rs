use axum::body::Body;
use chrono::TimeDelta;
use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::{SITE, Server, site_with};

const LISTENER: &str = "name: {NAME}\ntriggers: [{executions: {allOf: [{pipeline: {UPSTREAM}}]}}]\nsteps: [{name: a, run: \"true\"}]\n";

/// A project of one pipeline that listens to another one.
fn listening(team: &str, name: &str, upstream: &str) -> [(&'static str, String); 2] {
    let pipeline = LISTENER.replace("{NAME}", name).replace("{UPSTREAM}", upstream);
    [("polder.yaml", format!("project: p-{name}\nteam: {team}\n")), ("pipeline.yaml", pipeline)]
}

fn refs<'a>(files: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

on_both_databases! {
    async fn a_deployment_is_planned_made_and_not_made_twice(store: Store) {
        let server = Server::new(store).await;
        let body = server.upload(&SITE).await;
        let plan = server.post("/plans", body.clone()).await.is(200);
        assert_eq!(plan["pipelines"], json!([{"name": "build", "change": "added", "differences": []}]));
        assert_eq!(plan["files"]["added"], json!(["extract.py", "pipelines/build.yaml", "polder.yaml"]));
        server.get("/pipelines/web/build").await.is_problem(404, "NOT_FOUND");

        let deployed = server.post("/deployments", body.clone()).await.is(201);
        assert_eq!((&deployed["revision"]["number"], &deployed["revision"]["current"]), (&json!(1), &json!(true)));
        let again = server.post("/deployments", body).await.is(200);
        assert_eq!(again["revision"]["id"], deployed["revision"]["id"]);
        assert_eq!(again["new"], false);

        let pipeline = server.get("/pipelines/web/build").await.is(200);
        assert_eq!(pipeline["project"], "site");
        assert_eq!(pipeline["start_url"], "https://polder.example/api/v1/pipelines/web/build/runs");
        assert_eq!(pipeline["triggers"][0]["kind"], "schedule");
        assert!(pipeline["next_at"].is_string());
        let why = server.get("/pipelines/web/build/why").await.is(200);
        assert_eq!(why["last_run"], Value::Null);
        let projects = server.get("/projects").await.is(200);
        assert_eq!(projects["items"][0]["name"], "site");
    }

    async fn a_change_is_told_and_can_be_taken_back(store: Store) {
        let server = Server::new(store).await;
        let first = server.deploy(&SITE).await;
        let text = "name: build\nsteps: [{name: extract, run: python other.py}]\n";
        let mut files = site_with("pipelines/build.yaml", text);
        files.push(("other.py", "print()"));
        files.push(("pipelines/extra.yaml", "name: extra\nsteps: [{name: a, run: \"true\"}]\n"));
        server.clock.advance(TimeDelta::minutes(1));
        let second = server.deploy(&files).await;
        insta::allow_duplicates! { insta::assert_json_snapshot!(second["plan"]["pipelines"], @r#"
        [
          {
            "name": "build",
            "change": "changed",
            "differences": [
              "description",
              "schedule",
              "webhook",
              "parameter country removed",
              "step extract: run",
              "step load removed"
            ]
          },
          {
            "name": "extra",
            "change": "added",
            "differences": []
          }
        ]
        "#); }
        let id = first["revision"]["id"].as_str().unwrap();
        server.clock.advance(TimeDelta::minutes(1));
        let back = server.post(&format!("/revisions/{id}/rollback"), Value::Null).await.is(201);
        assert_eq!(back["revision"]["number"], 3);
        assert_eq!(back["revision"]["rolled_back_to"], id);
        server.get("/pipelines/web/extra").await.is_problem(404, "NOT_FOUND");
        let pipeline = server.get("/pipelines/web/build").await.is(200);
        assert_eq!(pipeline["description"], "Builds the site");
        assert_eq!(pipeline["triggers"].as_array().unwrap().len(), 2);
        let revisions = server.get("/revisions?team=web&project=site").await.is(200);
        let numbers: Vec<&Value> = revisions["items"].as_array().unwrap().iter().map(|revision| &revision["number"]).collect();
        assert_eq!(numbers, [3, 2, 1]);
        let files = server.get(&format!("/revisions/{id}/files")).await.is(200);
        let sha256 = files["files"][0]["sha256"].as_str().unwrap();
        assert_eq!(files["files"][0]["path"], "extract.py");
        assert_eq!(server.get(&format!("/blobs/{sha256}")).await.text(), "print('hello')\n");
        assert_eq!(server.post(&format!("/revisions/{id}/rollback"), Value::Null).await.status, 200, "nothing to take back");
    }

    async fn every_mistake_is_told_at_once(store: Store) {
        let server = Server::new(store).await;
        let files = [
            ("polder.yaml", "project: site\nteam: web\nenviroments: {}\n"),
            ("pipelines/a.yaml", "name: a\nsteps:\n  - name: x\n    run: python missing.py\n    needs: [y]\n    retrys: 3\n"),
            ("pipelines/b.yaml", "name: a\ntriggers: [{schedule: \"61 * * * *\"}]\nsteps: []\n"),
            ("pipelines/c.yaml", "name: c\nsteps: [{name: x, sql: sql/build.sql}, {name: y, sql: latin.sql}]\n"),
            ("sql/build.sql", "select 1 from marts.days;\ndrop table marts.days;\nselect * grom marts.days where day = {{ parms.day }}"),
            ("sql/other.sql", "nobody names this"),
            ("latin.sql", "select 1, 2 3"),
        ];
        let body = server.upload(&files).await;
        let problem = server.post("/deployments", body.clone()).await.is_problem(422, "INVALID_DEFINITION");
        let told = problem["errors"].as_array().unwrap().iter().map(|error| {
            let at = |key: &str| error[key].to_string().trim_matches('"').to_owned();
            format!("{}:{}:{} {} [{}]", at("file"), at("line"), at("column"), at("message"), at("hint"))
        });
        let told: Vec<String> = told.collect();
        insta::allow_duplicates! { insta::assert_snapshot!(told.join("\n")); }
        server.post("/plans", body).await.is_problem(422, "INVALID_DEFINITION");
        assert_eq!(server.get("/projects").await.is(200)["items"], json!([]), "nothing is deployed");
    }

    async fn contents_that_are_not_there_are_asked_for(store: Store) {
        let server = Server::new(store).await;
        let mut body = server.upload(&SITE).await;
        let missing = "0".repeat(64);
        body["files"].as_array_mut().unwrap().push(json!({"path": "new.py", "sha256": missing, "size": 3}));
        let problem = server.post("/deployments", body).await.is_problem(409, "MISSING_FILES");
        assert_eq!(problem["missing"], json!([missing]));
        let request = Server::request("PUT", &format!("/api/v1/blobs/{missing}"), &server.admin);
        server.send(request.body(Body::from("abc")).unwrap()).await.is_problem(400, "BAD_REQUEST");
    }

    async fn paths_stay_in_the_project(store: Store) {
        let server = Server::new(store).await;
        for path in ["../x", "/etc/passwd", "a/../../b", "a\u{1}b", "polder.yaml", "POLDER.yaml", "C:\\x"] {
            let mut body = server.upload(&SITE).await;
            let file = json!({"path": path, "sha256": body["files"][0]["sha256"], "size": 1});
            body["files"].as_array_mut().unwrap().push(file);
            server.post("/deployments", body).await.is_problem(422, "INVALID_DEFINITION");
        }
        let mut body = server.upload(&SITE).await;
        body["files"][0]["size"] = json!(200_000_000);
        server.post("/deployments", body).await.is_problem(413, "TOO_LARGE");
    }

    async fn a_name_belongs_to_the_project_that_had_it_first(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        let body = server.upload(&site_with("polder.yaml", "project: other\nteam: web\n")).await;
        let problem = server.post("/deployments", body).await.is_problem(409, "CONFLICT");
        assert_eq!(problem["detail"], "in prod: web/build belongs to the project site");
    }

    async fn cycles_across_projects_are_named_in_full(store: Store) {
        let server = Server::new(store).await;
        let warned = server.deploy(&refs(&listening("a", "one", "c/three"))).await;
        assert!(warned["plan"]["warnings"][0]["message"].as_str().unwrap().contains("c/three"), "{}", warned["plan"]);
        server.deploy(&refs(&listening("b", "two", "a/one"))).await;
        let last = listening("c", "three", "b/two");
        let body = server.upload(&refs(&last)).await;
        let problem = server.post("/deployments", body).await.is_problem(422, "INVALID_DEFINITION");
        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("c/three -> a/one -> b/two -> c/three"), "{message}");
        let fine = listening("c", "three", "b/unknown");
        server.deploy(&refs(&fine)).await;
    }

    async fn others_deploy_to_their_own_teams(store: Store) {
        let server = Server::new(store).await;
        let other = server.token("other", &[("operator", Some("other"))]).await;
        let body = server.upload(&SITE).await;
        server.call(&other, "POST", "/deployments", &body).await.is_problem(403, "FORBIDDEN");
        server.call(&other, "POST", "/plans", &body).await.is_problem(403, "FORBIDDEN");
        let deployed = server.post("/deployments", body).await.is(201);
        let id = deployed["revision"]["id"].as_str().unwrap();
        server.call(&other, "GET", &format!("/revisions/{id}"), &Value::Null).await.is_problem(404, "NOT_FOUND");
        server.call(&other, "POST", &format!("/revisions/{id}/rollback"), &Value::Null).await.is_problem(404, "NOT_FOUND");
    }

    async fn environments_are_apart(store: Store) {
        let server = Server::new(store).await;
        let mut body = server.upload(&SITE).await;
        body["environment"] = json!("dev");
        let answer = server.post("/deployments", body.clone()).await;
        if answer.status == 201 {
            server.get("/pipelines/web/build?environment=dev").await.is(200);
        }
        server.get("/pipelines/web/build").await.is_problem(404, "NOT_FOUND");
        body["environment"] = json!("not a name");
        let refused = server.post("/deployments", body).await;
        assert!(refused.status.is_client_error());
    }
}
