//! What the web UI is made of: the overview, the graph, histories and lists, and what of them a caller sees.

use chrono::TimeDelta;
use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::Server;

const OTHER: [(&str, &str); 3] = [
    ("polder.yaml", "project: shop\nteam: shop\nenvironments: {prod: {}, dev: {}}\n"),
    (
        "pipelines/report.yaml",
        "name: report
triggers:
  - executions:
      allOf: [{pipeline: web/build}, {pipeline: web/nowhere}]
      within: day
steps:
  - name: call
    pipeline: shop/mail
",
    ),
    ("pipelines/mail.yaml", "name: mail\nsteps: [{name: send, run: x}]\n"),
];

async fn fail(server: &Server) -> String {
    let run = server.start().await;
    let assignment = server.claim().await;
    server.log(&assignment, 0, &["one", "two <b>bold</b>"]).await;
    server.end(&assignment, "failed", json!({})).await;
    run
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

on_both_databases! {
    async fn the_overview_shows_what_the_caller_may_see(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&OTHER).await;
        let run = fail(&server).await;
        let overview = server.get("/overview").await.is(200);
        let broken = &overview["broken"][0];
        assert_eq!((broken["run"]["id"].as_str(), broken["step"].as_str()), (Some(run.as_str()), Some("extract")));
        assert_eq!(broken["last_lines"][1]["text"], "two <b>bold</b>");
        assert_eq!(broken["holds_back"], json!(["shop/report"]));
        assert_eq!(overview["next"][0]["meaning"], "every day at 03:00, UTC");
        assert_eq!(overview["hours"].as_array().unwrap().len(), 24);
        assert_eq!(overview["teams"].as_array().unwrap().len(), 2);

        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let seen = server.call(&web, "GET", "/overview", &Value::Null).await.is(200);
        assert_eq!(seen["broken"][0]["holds_back"], json!([]));
        assert_eq!(seen["teams"][0]["team"], "web");
        let shop = server.token("shop", &[("viewer", Some("shop"))]).await;
        for path in ["/overview", "/overview?team=web"] {
            let seen = server.call(&shop, "GET", path, &Value::Null).await.is(200);
            assert_eq!((&seen["broken"], &seen["hours"][23]["failed"]), (&json!([]), &json!(0)), "{path}");
        }
        let dev = server.get("/overview?environment=dev").await.is(200);
        assert_eq!((dev["environment"].as_str(), &dev["teams"]), (Some("dev"), &json!([])));
    }

    async fn the_graph_tells_other_teams_names_and_nothing_else(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&OTHER).await;
        fail(&server).await;
        let graph = server.get("/graph").await.is(200);
        assert_eq!(names(&graph["nodes"]), ["mail", "report", "build", "nowhere"]);
        let build = &graph["nodes"][2];
        assert_eq!((&build["last_status"], &build["broken"], &build["exists"]), (&json!("FAILED"), &json!(true), &json!(true)));
        assert_eq!(build["next_at"], "2026-11-22T03:00:00Z");
        assert_eq!((&graph["nodes"][3]["exists"], &graph["nodes"][3]["id"]), (&json!(false), &Value::Null));
        let edges: Vec<_> = graph["edges"].as_array().unwrap().iter()
            .map(|edge| (edge["from"].as_str().unwrap(), edge["to"].as_str().unwrap(), edge["kind"].as_str().unwrap())).collect();
        assert_eq!(edges, [
            ("shop/report", "shop/mail", "step"), ("web/build", "shop/report", "executions"), ("web/nowhere", "shop/report", "executions"),
        ]);
        assert_eq!(graph["edges"][1]["statuses"], json!(["SUCCEEDED"]));

        let shop = server.token("shop", &[("viewer", Some("shop"))]).await;
        let seen = server.call(&shop, "GET", "/graph", &Value::Null).await.is(200);
        assert_eq!(seen["edges"].as_array().unwrap().len(), 3);
        let build = &seen["nodes"][2];
        assert_eq!((&build["name"], &build["exists"]), (&json!("build"), &json!(true)));
        for hidden in ["id", "last_status", "last_run", "last_ended_at", "next_at"] {
            assert_eq!(build[hidden], Value::Null, "{hidden}");
        }
        assert_eq!(build["broken"], false);
        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let seen = server.call(&web, "GET", "/graph", &Value::Null).await.is(200);
        assert_eq!((names(&seen["nodes"]), &seen["edges"]), (vec!["build"], &json!([])), "who depends on it is not told");
    }

    async fn a_history_is_a_grid_of_steps_and_runs(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        fail(&server).await;
        for _ in 0..5 {
            server.start().await;
            let assignment = server.claim().await;
            server.clock.advance(TimeDelta::seconds(30));
            server.end(&assignment, "succeeded", json!({})).await;
            server.work().await;
        }
        let page = server.get("/pipelines/web/build/history?limit=5").await.is(200);
        assert_eq!((&page["steps"], &page["usual_seconds"]), (&json!(["extract", "load"]), &json!(30.0)));
        let steps = &page["items"][0]["steps"];
        assert_eq!(steps[0], json!({"name": "extract", "status": "SUCCEEDED", "seconds": 30.0, "attempts": 1}));
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = server.get(&format!("/pipelines/web/build/history?limit=5&cursor={cursor}")).await.is(200);
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
        assert_eq!(rest["items"][0]["steps"][1], json!({"name": "load", "status": "SKIPPED", "seconds": null, "attempts": 0}));
        server.get("/pipelines/web/build/history?cursor=x").await.is_problem(400, "BAD_REQUEST");
        let shop = server.token("shop", &[("viewer", Some("shop"))]).await;
        server.call(&shop, "GET", "/pipelines/web/build/history", &Value::Null).await.is_problem(404, "NOT_FOUND");
    }

    async fn environments_are_those_with_pipelines(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&OTHER).await;
        let mut dev = server.upload(&OTHER).await;
        dev["environment"] = json!("dev");
        server.post("/deployments", dev).await.is(201);
        let all = server.get("/environments").await.is(200);
        assert_eq!(all["items"], json!([
            {"name": "dev", "pipelines": 2, "teams": [{"name": "shop", "pipelines": 2}]},
            {"name": "prod", "pipelines": 3, "teams": [{"name": "shop", "pipelines": 2}, {"name": "web", "pipelines": 1}]},
        ]));
        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let seen = server.call(&web, "GET", "/environments", &Value::Null).await.is(200);
        assert_eq!(seen["items"], json!([{"name": "prod", "pipelines": 1, "teams": [{"name": "web", "pipelines": 1}]}]));
    }

    async fn pipelines_are_listed_with_how_they_stand(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&OTHER).await;
        server.post("/jobs", json!({"team": "web", "name": "job", "run": "true"})).await.is(201);
        for _ in 0..12 {
            fail(&server).await;
        }
        let page = server.get("/pipelines?limit=3").await.is(200);
        assert_eq!((names(&page["items"]), &page["total"]), (vec!["mail", "report", "build"], &json!(4)));
        let build = &page["items"][2];
        assert_eq!(build["starts"], json!(["every day at 03:00, UTC", "webhook"]));
        assert_eq!((&build["file"], &build["state"]), (&json!("pipelines/build.yaml"), &json!("broken")));
        let runs = build["last_runs"].as_array().unwrap();
        assert!(runs.len() == 10 && runs.iter().all(|run| run["started_at"].is_string() && run["ended_at"].is_string()));
        assert_eq!(page["items"][1]["starts"], json!(["after web/build, web/nowhere"]));
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = server.get(&format!("/pipelines?limit=3&cursor={cursor}")).await.is(200);
        assert_eq!((names(&rest["items"]), &rest["total"]), (vec!["job"], &Value::Null));
        assert_eq!((&rest["items"][0]["file"], &rest["items"][0]["starts"]), (&Value::Null, &json!([])));

        server.post("/pipelines/shop/mail/pause", Value::Null).await.is(200);
        server.post("/pipelines/web/job/runs", Value::Null).await.is(202);
        for (state, expected) in [("broken", vec!["build"]), ("running", vec!["job"]), ("paused", vec!["mail"]), ("ok", vec!["report"])] {
            let page = server.get(&format!("/pipelines?state={state}")).await.is(200);
            assert_eq!((names(&page["items"]), &page["total"]), (expected, &json!(1)), "{state}");
        }
        let found = server.get("/pipelines?search=BUILDS&environment=prod").await.is(200);
        assert_eq!((names(&found["items"]), &found["total"]), (vec!["build"], &json!(1)));
        server.get("/pipelines?state=lost").await.is_problem(400, "BAD_REQUEST");
        let view = server.get("/pipelines/web/build").await.is(200);
        assert_eq!((view["last_runs"].as_array().unwrap().len(), &view["triggers"][0]["kind"]), (12, &json!("schedule")));
    }

    async fn a_run_tells_what_it_has_started(store: Store) {
        let server = Server::new(store).await;
        server.deploy_site().await;
        server.deploy(&[OTHER[0], ("pipelines/report.yaml",
            "name: report\ntriggers: [{executions: {allOf: [{pipeline: web/build}]}}]\nsteps: [{name: a, run: x}]\n")]).await;
        let run = server.start().await;
        server.work().await;
        let shown = server.get(&format!("/runs/{run}")).await.is(200);
        let started = &shown["started"][0];
        assert_eq!((&started["pipeline"], &started["team"], &started["status"]), (&json!("report"), &json!("shop"), &json!("SUCCEEDED")));
        assert_eq!(shown["started_runs"][0], started["id"]);
        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let seen = server.call(&web, "GET", &format!("/runs/{run}"), &Value::Null).await.is(200);
        assert_eq!(seen["started"], json!([]));
        let of = server.get(&format!("/runs/{}", started["id"].as_str().unwrap())).await.is(200);
        let event = &of["reason"]["events"][0];
        assert_eq!((event["run"].as_str(), event["team"].as_str(), event["pipeline"].as_str()), (Some(run.as_str()), Some("web"), Some("build")));
    }

    async fn a_viewer_reads_the_files_of_a_revision_of_the_team(store: Store) {
        let server = Server::new(store).await;
        let revision = server.deploy_site().await["revision"]["id"].as_str().unwrap().to_owned();
        let web = server.token("web", &[("viewer", Some("web"))]).await;
        let shop = server.token("shop", &[("viewer", Some("shop"))]).await;
        let files = server.call(&web, "GET", &format!("/revisions/{revision}/files"), &Value::Null).await.is(200);
        let hash = files["files"][0]["sha256"].as_str().unwrap().to_owned();
        let content = server.call(&web, "GET", &format!("/blobs/{hash}"), &Value::Null).await;
        assert_eq!((content.status.as_u16(), content.header("x-content-type-options")), (200, Some("nosniff")));
        for path in [format!("/revisions/{revision}/files"), format!("/blobs/{hash}")] {
            server.call(&shop, "GET", &path, &Value::Null).await.is_problem(404, "NOT_FOUND");
        }
    }
}
