use polder_store::on_both_databases;
use serde_json::{Value, json};

use crate::harness::Server;

fn job() -> Value {
    json!({
        "team": "web", "name": "import", "run": "python import.py --country {{ params.country }}",
        "files": {"import.py": "print('x')\n"},
        "env": {"MODE": "full"},
        "secrets": {"TOKEN": "exact-token"},
        "secret_values": {"exact-token": "hush-hush"},
        "parameters": {"country": {"type": "string", "default": "DE"}},
        "settings": {"triggers": [{"schedule": "0 4 * * *"}], "retries": 2, "timeout": "10m"},
    })
}

on_both_databases! {
    async fn one_request_registers_a_job_that_can_be_started(store: Store) {
        let server = Server::new(store).await;
        let registered = server.post("/jobs", job()).await.is(201);
        let id = registered["id"].as_str().unwrap();
        assert_eq!(registered["start_url"], format!("https://polder.example/api/v1/jobs/{id}/runs"));
        let view = server.get(&format!("/jobs/{id}")).await;
        let shown = view.is(200);
        assert_eq!((&shown["start_url"], &shown["revision"]), (&registered["start_url"], &registered["revision"]));
        assert_eq!((&shown["files"][0]["path"], &shown["paused"]), (&json!("import.py"), &json!(false)));
        assert_eq!(shown["definition"]["steps"][0]["secrets"], json!({"TOKEN": "exact-token"}));
        assert!(!view.text().contains("hush"));
        assert_eq!(server.get("/jobs").await.is(200)["items"], json!([registered]));
        let again = server.post("/jobs", job()).await.is(200);
        assert_eq!(again, registered, "the same again changes nothing");

        let started = server.post(&format!("/jobs/{id}/runs"), json!({"parameters": {"country": "AT"}})).await.is(202);
        let attempt = server.claim().await;
        assert_eq!(attempt["key"]["run"], started["id"]);
        assert_eq!(attempt["task"], json!({"run": {"shell": "python import.py --country AT"}}));
        assert_eq!(attempt["env"]["MODE"], "full");
        assert_eq!(attempt["secrets"], json!({"TOKEN": "hush-hush"}));
        assert_eq!(attempt["revision"], registered["revision"]);
        let path = format!("/revisions/{}/files", registered["revision"].as_str().unwrap());
        let files = server.call(&server.agent, "GET", &path, &Value::Null).await;
        assert_eq!(files.is(200)["files"][0]["path"], "import.py");
        server.end(&attempt, "succeeded", json!({})).await;
        let pipeline = server.get("/pipelines/web/import").await.is(200);
        assert_eq!((&pipeline["job"], &pipeline["project"]), (&json!(true), &Value::Null));
        assert_eq!(pipeline["last_runs"][0]["status"], "SUCCEEDED");
        assert_eq!(server.get("/projects").await.is(200)["items"], json!([]), "a job is no project to people");
    }

    async fn mistakes_of_a_job_are_told_by_its_members(store: Store) {
        let server = Server::new(store).await;
        let mut poor = job();
        poor["settings"] = json!({"triggers": [{"schedule": "61 * * * *"}], "alerts": []});
        poor["run"] = json!("echo {{ params.land }}");
        poor["env"] = json!({"NOT VALID": "x"});
        let problem = server.post("/jobs", poor).await.is_problem(422, "INVALID_DEFINITION");
        let told = problem["errors"].as_array().unwrap().iter().map(|error| {
            assert_eq!((&error["file"], &error["line"]), (&Value::Null, &Value::Null), "there is no file: {error}");
            format!("{}: {}", error["path"].as_str().unwrap_or_default(), error["message"].as_str().unwrap())
        });
        insta::allow_duplicates! { insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n")); }
        assert_eq!(server.get("/secrets").await.is(200)["items"], json!([]), "nothing is stored of a poor job");
    }

    async fn a_poor_name_is_told_once(store: Store) {
        let server = Server::new(store).await;
        let mut poor = job();
        poor["name"] = json!("My Job");
        let problem = server.post("/jobs", poor).await.is_problem(422, "INVALID_DEFINITION");
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!((errors.len(), &errors[0]["path"]), (1, &json!("name")), "{problem}");
    }

    async fn jobs_have_a_place_and_a_team(store: Store) {
        let server = Server::new(store).await;
        let other = server.token("other", &[("operator", Some("other"))]).await;
        server.call(&other, "POST", "/jobs", &job()).await.is_problem(403, "FORBIDDEN");
        let id = server.post("/jobs", job()).await.is(201)["id"].as_str().unwrap().to_owned();
        server.call(&other, "GET", &format!("/jobs/{id}"), &Value::Null).await.is_problem(404, "NOT_FOUND");
        server.call(&other, "POST", &format!("/jobs/{id}/runs"), &Value::Null).await.is_problem(404, "NOT_FOUND");
        server.deploy_site().await;
        let mut taken = job();
        taken["name"] = json!("build");
        server.post("/jobs", taken).await.is_problem(409, "CONFLICT");
        for files in [json!({"../x": ""}), json!({"/x": ""})] {
            let mut poor = job();
            poor["files"] = files;
            assert!(server.post("/jobs", poor).await.status == 422);
        }
    }
}
