package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.Typed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Compose file that is typed as a file of specs is. */
class ComposeTest {
    private static final String SHOP = """
            services:
              web:
                image: web:${TAG:-1}
                depends_on: [db]
                environment: {WHERE: "${WHERE}"}
              db:
                image: web:1
              extra:
                image: web:1
                profiles: [more]
            """;

    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    @AfterEach
    void clear() {
        fleet.knit("undeploy", "--stack", "shop", "--wait");
    }

    private static String[] names() {
        return fleet.done("status", "-o", "name").lines().toArray(String[]::new);
    }

    @Test
    @DisplayName("of several files or in a folder none is taken for a spec, and it says what to type")
    void alone() throws IOException {
        String file = fleet.file("several/compose.yaml", SHOP);
        String other = fleet.file("several/web.yaml", "name: web\nimage: web:1\n");
        String folderOf = folder.resolve("several").toString();
        for (String[] words : new String[][] {{"deploy", other, file}, {"deploy", folderOf}, {"plan", file, file}}) {
            Typed typed = fleet.knit(words);
            assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(typed.err())
                    .contains("compose.yaml is a Compose file", "knit deploy compose.yaml")
                    .doesNotContain("known are");
        }
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("it may come by standard input, with what lies where the command is typed")
    void standardInput() throws IOException {
        fleet.file("input/.env", "WHERE=there\n");
        String envFile = folder.resolve("input/.env").toString();
        Typed typed = Typed.given(
                SHOP, () -> fleet.knit("deploy", "-", "--project", "shop", "--env-file", envFile, "--wait"));
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(names()).containsExactly("shop-db", "shop-web");
        assertThat(fleet.done("status", "shop-web", "-o", "json")).contains("\"WHERE\" : \"there\"");

        Typed wrong = Typed.given("services:\n  web:\n    build: .\n", () -> fleet.knit("deploy", "-"));
        assertThat(wrong.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(wrong.err()).contains("standard input:3");

        Typed spec = Typed.given(RemoteFleet.spec("plain", ""), () -> fleet.knit("deploy", "-", "--wait"));
        assertThat(spec.exitCode()).isZero();
        fleet.done("undeploy", "plain", "--wait");
    }

    private static String pipe(String name, String text) throws Exception {
        Path pipe = folder.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writes = new Thread(() -> {
            try {
                Files.writeString(pipe, text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writes.setDaemon(true);
        writes.start();
        return pipe.toString();
    }

    // what opens a pipe once too often waits for ever, and hears no interrupt
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @DisplayName("it may be a pipe, as a shell's <(sops -d compose.yaml) is, and so may the file of variables")
    void pipes() throws Exception {
        fleet.done(
                "deploy",
                pipe("compose", SHOP),
                "--project",
                "shop",
                "--env-file",
                pipe("env", "WHERE=in\n"),
                "--wait");
        assertThat(names()).containsExactly("shop-db", "shop-web");
        assertThat(fleet.done("status", "shop-web", "-o", "json")).contains("\"WHERE\" : \"in\"");

        String wrong = pipe("wrong", "services:\n  web:\n    build: .\n");
        assertThat(fleet.knit("deploy", wrong).err()).contains(wrong + ":3");

        fleet.done("deploy", pipe("spec", RemoteFleet.spec("plain", "")), "--wait");
        fleet.done("undeploy", "plain", "--wait");
        String empty = pipe("empty", "");
        assertThat(fleet.knit("deploy", empty).err()).contains("there is nothing in " + empty);
    }

    @Test
    @DisplayName(
            "it is known by its keys at the top, however it is written: as JSON, indented, behind a byte order mark")
    void spellings() throws IOException {
        String json = """
                {
                  "name": "shop",
                  "services": {
                    "db": {"command": null, "entrypoint": null, "image": "web:1"}
                  }
                }
                """;
        String indented = SHOP.indent(2);
        String quoted = SHOP.replaceFirst("services", "\"services\"");
        String marked = "\uFEFF" + SHOP;
        String written = "# services: of the shop\n? services\n: {db: {image: web:1}}\n";
        int number = 0;
        for (String text :
                List.of(json, json.replaceAll("\\s+", " "), "\uFEFF" + json, indented, quoted, marked, written)) {
            String file = fleet.file("spelled" + ++number + ".yaml", text);
            Typed typed = fleet.knit("deploy", file, "--project", "shop", "--dry-run");
            assertThat(typed.exitCode()).as(text + typed.err()).isZero();
            assertThat(typed.out()).contains("deploy shop-db");

            Typed several = fleet.knit("deploy", file, fleet.file("web.yaml", "name: web\nimage: web:1\n"));
            assertThat(several.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(several.err()).contains(file + " is a Compose file");
        }
    }

    @Test
    @DisplayName("a spec is none, whatever stands in its texts")
    void spec() throws IOException {
        String file = fleet.file("plain.yaml", "{name: plain, image: web:1, env: {A: \"\nservices: a\"}}\n");
        assertThat(fleet.done("deploy", file, "--dry-run")).contains("plain");
    }

    @Test
    @DisplayName("what docker compose merges itself is said, and what it makes of all its files is taken as JSON")
    void merged() throws IOException {
        String file = fleet.file("merged/compose.yaml", SHOP);
        fleet.file("merged/compose.override.yaml", "services: {web: {image: 'web:2'}}\n");
        Typed typed = fleet.knit("deploy", file, "--project", "shop", "--dry-run");
        assertThat(typed.exitCode()).as(typed.err()).isZero();
        assertThat(typed.err())
                .contains("compose.yaml:1:1: remark: compose.override.yaml lies beside it, which docker compose merges")
                .contains("docker compose config --no-path-resolution --format json | knit deploy -");

        // as docker compose config --no-path-resolution --format json writes it; a file that is there lies beside it
        String json = """
                {"name": "shop", "networks": {"default": {"name": "shop_default", "ipam": {}}}, "services": {"web": {
                  "command": null, "entrypoint": null, "image": "web:2", "networks": {"default": null},
                  "environment": {"A": "a$$b"}, "ports": [{"mode": "ingress", "target": 80, "published": "8080", "protocol": "tcp"}],
                  "volumes": [{"type": "bind", "source": "./pom.xml", "target": "/pom.xml", "read_only": true, "bind": {"create_host_path": true}}]
                }}}
                """;
        Typed taken = Typed.given(json, () -> fleet.knit("deploy", "-", "--dry-run"));
        assertThat(taken.exitCode()).as(taken.err()).isZero();
        assertThat(taken.out()).contains("deploy shop-web");
        assertThat(taken.err()).contains("the file ./pom.xml is sent along").doesNotContain("lies beside it");
    }

    @Test
    @DisplayName("one command deploys all of it in order, shows the plan, prunes; another takes it away")
    void whole() throws IOException {
        String file = fleet.file("whole/compose.yaml", SHOP);
        fleet.file("whole/.env", "WHERE=here\n");

        String plan = fleet.done("deploy", file, "--project", "shop", "--profile", "more", "--dry-run");
        assertThat(plan).contains("deploy shop-db", "deploy shop-web", "deploy shop-extra");
        assertThat(names()).isEmpty();

        fleet.done("deploy", file, "--project", "shop", "--profile", "more", "--wait");
        assertThat(names()).containsExactly("shop-db", "shop-extra", "shop-web");
        assertThat(fleet.done("status", "shop-web", "-o", "json"))
                .contains("\"WHERE\" : \"here\"", "\"stack\" : \"shop\"");

        fleet.done("deploy", file, "--project", "shop", "--prune", "--wait");
        assertThat(names()).containsExactly("shop-db", "shop-web");

        assertThat(fleet.done("undeploy", "--stack", "shop", "--wait").lines())
                .as("what depends on another first")
                .containsExactly("shop-web is taken away", "shop-db is taken away");
        assertThat(names()).isEmpty();
        Typed again = fleet.knit("undeploy", "--stack", "shop");
        assertThat(again.exitCode()).isEqualTo(Exit.NOT_FOUND);
        assertThat(again.err()).contains("there is nothing of the stack shop");
    }

    @Test
    @DisplayName(
            "what is wrong with the file is said at once with its lines, here and by the server, and nothing is done")
    void wrong() throws IOException {
        String file = fleet.file("wrong.yaml", """
                name: shop
                services:
                  web:
                    image: web:1
                    cpu_sharez: 3
                    build: .
                  old:
                    build: ./old
                """);
        Typed typed = fleet.knit("deploy", file);
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err())
                .contains(
                        file + ":5:5: there is no key \"cpu_sharez\"\n      did you mean cpu_shares?\n",
                        file + ":6:5: remark: build: nothing is built here, web:1 is what runs\n",
                        file + ":8:5: build: nothing is built here\n      build the image, push it");
        assertThat(names()).isEmpty();

        String there = fleet.file("there.yaml", """
                name: shop
                services:
                  good:
                    image: web:1
                  web:
                    image: web:1
                    hostname: a_b
                    ports:
                      - 80:80
                      - 80:81
                """);
        Typed refused = fleet.knit("deploy", there);
        assertThat(refused.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(refused.err()).contains(there + ":7:5: hostname", there + ":10:9: ");
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("nothing is pruned for a file that is refused, however much is to be said of it before")
    void prunesNothing() throws IOException {
        fleet.done("deploy", fleet.file("pruned/compose.yaml", SHOP), "--project", "shop", "--wait");
        String file = fleet.file(
                "pruned/unset.yaml",
                "x-u: [" + "$A, ".repeat(250) + "]\nservices: {web: {image: 'web:1', imagee: b}}\n");
        Typed typed = fleet.knit("deploy", file, "--project", "shop", "--prune");
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err()).contains("there is no key \"imagee\"");
        assertThat(names()).containsExactly("shop-db", "shop-web");
    }

    @Test
    @DisplayName("a project is never named by its folder")
    void unnamed() throws IOException {
        String file = fleet.file("unnamed/compose.yaml", SHOP);
        Typed typed = fleet.knit("deploy", file);
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err()).contains(":1:1: the project has no name\n", "--project NAME");

        fleet.file("unnamed/mine.env", "COMPOSE_PROJECT_NAME=shop\nTAG=1\n");
        fleet.done(
                "deploy", file, "--env-file", folder.resolve("unnamed/mine.env").toString(), "--wait");
        assertThat(names()).containsExactly("shop-db", "shop-web");
    }

    @Test
    @DisplayName(
            "files of variables that can't be read are not taken for none, and each is named by what is said of it")
    void variablesThatCannotBeRead() throws IOException {
        String file = fleet.file("latin/compose.yaml", SHOP);
        Path own = Path.of(file).resolveSibling(".env");
        Files.write(own, new byte[] {'P', '=', (byte) 0xfc, '\n'});
        Typed typed = fleet.knit("deploy", file, "--project", "shop");
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err()).contains(own + " can't be read: it is not there, or is no text in UTF-8");
        Files.delete(own);
        String first = fleet.file("latin/a.env", "A=1\n");
        String second = fleet.file("latin/b.env", "no variable\n");
        typed = fleet.knit("deploy", file, "--project", "shop", "--env-file", first, "--env-file", second);
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err()).contains(second + ":1:1: this line (not shown) sets no variable");
        typed = fleet.knit("deploy", file, "--project", "shop", "--env-file", first + "2");
        assertThat(typed.err()).contains("--env-file " + first + "2 can't be read");
    }

    @Test
    @DisplayName("a file beside it that is no text is not one that is not there, and is said with its line")
    void noText() throws IOException {
        String file = fleet.file("bytes/compose.yaml", """
                name: shop
                services:
                  web:
                    image: web:1
                    env_file:
                      - {path: app.env, required: false}
                      - {path: none.env, required: false}
                    label_file: app.env
                    configs: [c]
                    volumes: ['./app.env:/x:ro']
                  db:
                    extends: {file: app.env, service: db}
                configs: {c: {file: app.env}}
                """);
        Files.write(Path.of(file).resolveSibling("app.env"), new byte[] {'P', '=', (byte) 0xfc, '\n'});
        Typed typed = fleet.knit("deploy", file);
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        String words = "the file app.env is no text in UTF-8, or has more than 4194304 bytes\n";
        assertThat(typed.err())
                .contains(
                        file + ":6:9: " + words,
                        file + ":7:9: remark: the file none.env is not there, and is passed over\n",
                        file + ":8:17: " + words,
                        file + ":10:15: volumes: ./app.env is beside this file, and no node has it\n",
                        file + ":12:5: " + words,
                        file + ":13:21: the file app.env is not there, or is no text\n");
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("words of Compose files are refused with other files")
    void otherFiles() throws IOException {
        Typed typed = fleet.knit("deploy", fleet.file("spec.yaml", RemoteFleet.spec("one", "")), "--profile", "more");
        assertThat(typed.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(typed.err())
                .contains("--project, --env-file, --profile, --secrets and --folders-as-volumes are of a Compose file");
        assertThat(fleet.knit("deploy", fleet.file("spec.yaml", RemoteFleet.spec("one", "")), "--secrets")
                        .exitCode())
                .isEqualTo(Exit.USAGE);
    }

    @Test
    @DisplayName(
            "--folders-as-volumes takes a folder beside the file as a volume, and says so; without it the refusal names it")
    void foldersAsVolumes() throws IOException {
        String file = fleet.file(
                "folders/compose.yaml",
                "name: shop\nservices:\n  web:\n    image: web:1\n    volumes: ['./data/files:/data']\n");
        Typed without = fleet.knit("deploy", file);
        assertThat(without.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(without.err())
                .contains(
                        file + ":5:15: volumes: ./data/files is beside this file, and no node has it",
                        "knit deploy --folders-as-volumes (in POST /compose folders_as_volumes) takes a folder as a volume, which begins empty");
        Typed with = fleet.knit("deploy", file, "--folders-as-volumes", "--wait");
        assertThat(with.exitCode()).as(with.err()).isZero();
        assertThat(with.err())
                .contains(
                        file
                                + ":5:15: remark: volumes: ./data/files becomes the volume data-files of each of its slots, which begins empty\n",
                        "fill it with knit volume restore shop-web 0 data-files, while the deployment is scaled to 0");
        assertThat(fleet.done("volume", "ls")).contains("data-files");
    }

    private static final String KEPT = """
            name: shop
            services:
              db:
                image: web:1
                secrets: [password, token]
              web:
                image: web:1
                secrets: [password]
              alone:
                image: web:1
            secrets:
              password: {file: ./password.txt}
              token: {environment: TOKEN}
            """;

    @Test
    @DisplayName(
            "--secrets sets those that are not set yet from their file or variable, byte by byte and never over another; without it the refusal names it")
    void secrets() throws IOException {
        String file = fleet.file("kept/compose.yaml", KEPT);
        fleet.file("kept/.env", "TOKEN=hush\n");

        Typed without = fleet.knit("deploy", file);
        assertThat(without.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(without.err())
                .contains(
                        file
                                + ":12:14: remark: file: the server keeps secrets, and the file is not read\n      knit deploy --secrets sets those that are not set yet; or set it once: knit secret set shop.password --raw --from-file ./password.txt\n",
                        file + ":13:11: remark: environment: the server keeps secrets, and the variable is not read\n",
                        "there is no secret \"shop.password\"",
                        "\n      knit deploy --secrets sets it from the file ./password.txt\n")
                .doesNotContain("hush");

        Typed unread = fleet.knit("deploy", file, "--secrets");
        assertThat(unread.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(unread.err())
                .contains(file + ":12:14: the file ./password.txt can't be read", "knit secret set shop.password");
        assertThat(fleet.done("secret", "ls", "-o", "name"))
                .as("none is set before all are read")
                .isEmpty();

        Path password = Path.of(file).resolveSibling("password.txt");
        Files.write(password, new byte[] {(byte) 0xfc, 0, '\n'});
        Typed rehearsed = fleet.knit("deploy", file, "--secrets", "--dry-run", "--prune");
        assertThat(rehearsed.exitCode()).as(rehearsed.err()).isZero();
        assertThat(rehearsed.out()).contains("deploy shop-alone").doesNotContain("shop-db", "shop-web");
        assertThat(rehearsed.err())
                .contains(
                        "the secret shop.password would be set from the file ./password.txt\n",
                        "the secret shop.token would be set from the variable TOKEN\n",
                        "there is no plan of what reads it before that is done: shop-db, shop-web\n")
                .doesNotContain("is not read");
        assertThat(fleet.done("secret", "ls", "-o", "name")).isEmpty();

        String wrong = fleet.file("kept/wrong.yaml", KEPT.replace("alone:", "alone:\n    hostname: a_b"));
        assertThat(fleet.knit("deploy", wrong, "--secrets").exitCode()).isEqualTo(Exit.USAGE);
        assertThat(fleet.done("secret", "ls", "-o", "name"))
                .as("the server is against it")
                .isEmpty();

        Typed first = fleet.knit("deploy", file, "--secrets", "--wait");
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.err())
                .contains(
                        "the secret shop.password is set now, from the file ./password.txt\n",
                        "the secret shop.token is set now, from the variable TOKEN\n")
                .doesNotContain("hush", "is not read");
        assertThat(fleet.json("secret", "ls", "-o", "json").path("secrets"))
                .extracting(one -> one.path("name").asText()
                        + one.path("bytes").asInt()
                        + one.path("version").asInt())
                .containsExactly("shop.password31", "shop.token41");

        Files.writeString(password, "another");
        Typed again = fleet.knit("deploy", file, "--secrets", "--wait");
        assertThat(again.exitCode()).as(again.err()).isZero();
        assertThat(again.err())
                .contains("the secret shop.password is set already, and is kept\n")
                .doesNotContain("is set now");
        assertThat(fleet.json("secret", "ls", "-o", "json").path("secrets"))
                .extracting(one -> one.path("version").asInt())
                .containsExactly(1, 1);
        fleet.done("undeploy", "--stack", "shop", "--wait");
        fleet.done("secret", "rm", "shop.password");
        fleet.done("secret", "rm", "shop.token");
    }

    @Test
    @DisplayName("a volume that several services mount is one's, on whose node they are, and goes with all of them")
    void sharedVolume() throws IOException {
        String file = fleet.file("shared.yaml", """
                name: shop
                services:
                  web: {image: "web:1", volumes: ["html:/html:ro"], deploy: {replicas: 2}}
                  app: {image: "web:1", volumes: ["html:/var/www"]}
                volumes: {html: }
                """);
        Typed deployed = fleet.knit("deploy", file, "--wait");
        assertThat(deployed.exitCode()).as(deployed.err()).isZero();
        assertThat(deployed.err())
                .contains("shared.yaml:3:35: remark: the volume html is kept by shop-app; web shares");
        JsonNode volume =
                fleet.json("volume", "ls", "-o", "json").path("volumes").path(0);
        assertThat(volume.path("deployment").asText()).isEqualTo("shop-app");
        JsonNode web = fleet.json("status", "shop-web", "-o", "json");
        assertThat(web.path("instances"))
                .hasSize(2)
                .allMatch(one -> one.path("node").equals(volume.path("node")));
        assertThat(fleet.done("explain", "shop-web"))
                .contains("the volume html of shop-app, which it shares, is there");
        assertThat(fleet.done("undeploy", "--stack", "shop", "--volumes", "--wait")
                        .lines())
                .as("who keeps it last")
                .containsExactly("shop-web is taken away with its volumes", "shop-app is taken away with its volumes");
        assertThat(fleet.json("volume", "ls", "-o", "json").path("volumes")).isEmpty();
    }
}
