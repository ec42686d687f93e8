package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComposeTest {
    private static final String TOP = "name: shop\nservices:\n  web:\n    image: web:1\n";

    private static ComposeStack read(String text) {
        return Compose.read(ComposeSource.of("c.yaml", text).with(Map.of("SET", "value", "EMPTY", ""), null));
    }

    /** What is in the service's spec. */
    private static JsonNode spec(String... lines) {
        ComposeStack stack = read(TOP + "    " + String.join("\n    ", lines) + "\n");
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack.services().get(0).spec();
    }

    private static List<String> refusals(String text) {
        return read(text).findings().stream()
                .filter(ComposeFinding::refuses)
                .map(ComposeFinding::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    $SET                  | value
                    ${SET}                | value
                    a${SET}b              | avalueb
                    ${SET:-x}             | value
                    ${EMPTY:-x}           | x
                    ${EMPTY-x}            | ''
                    ${NONE:-x}            | x
                    ${NONE-x}             | x
                    ${NONE:-${SET}}       | value
                    ${NONE:-${NONE:-${SET}}}y | valuey
                    ${NONE:-a:b}          | a:b
                    ${SET:?why}           | value
                    ${EMPTY?why}          | ''
                    ${SET:+x}             | x
                    ${EMPTY:+x}           | ''
                    ${EMPTY+x}            | x
                    ${NONE+x}             | ''
                    $$SET                 | $SET
                    $${SET}               | ${SET}
                    $$$SET                | $value
                    """)
    void variablesArePutIn(String written, String value) {
        assertThat(spec("environment: {A: '" + written + "'}").at("/env/A").asText())
                .isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ${NONE:?why not}      | the variable NONE is not set: why not
                    ${EMPTY:?}            | the variable EMPTY is not set
                    ${NONE?}              | the variable NONE is not set
                    ${                    | ${ is not closed
                    a$                    | a dollar stands alone
                    ${-x}                 | names no variable
                    ${SET/a/b}            | is not understood
                    $ x                   | behind a dollar there is no variable's name
                    """)
    void orRefusedWithTheirLine(String written, String words) {
        assertThat(refusals(TOP + "    environment:\n      A: '" + written + "'\n"))
                .singleElement()
                .asString()
                .startsWith("c.yaml:6:10: ")
                .contains(words);
    }

    @Test
    void whatIsNotSetIsEmptyAndSaid() {
        assertThat(lines(read(TOP + "    user: $NONE\n")))
                .singleElement()
                .hasToString(
                        "c.yaml:5:11: the variable NONE is not set, and is empty here; set it, in .env beside the file or in the environment, or write ${NONE:-} for none");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: shop                            |       |        | shop    |
                    'name: "My_Shop"'                     |       |        | my-shop | my_shop
                    name: my_shop                         |       |        | my-shop | my_shop
                    name: shop                            |       | my_app | my-app  | my_app
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       | my_app | my-app  | my_app
                    name: shop                            |       | My_App | my-app  | My_App
                    name: shop                            | A_B   | my_app | a-b     | a_b
                    name: ${X:-shop}                      |       |        | shop    |
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       |        | shop    |
                    name: ${COMPOSE_PROJECT_NAME:-shop}   |       | other  | other   |
                    name: shop                            | given |        | given   |
                    name: shop                            | given | other  | given   |
                    name: shop                            |       | other  | other   |
                    'x-a: [name, {name: a}]\nname: shop'  |       |        | shop    |
                    name:                                 | given |        | given   |
                    x-a: b                                | given |        | given   |
                    """)
    @DisplayName("the project's name is a variable, whoever gives it")
    void projectIsAVariable(String top, String given, String variable, String name, String put) {
        String value = put == null ? name : put;
        String services =
                "\nservices: {web: {extends: {file: b.yaml, service: base}, env_file: e, labels: ['${COMPOSE_PROJECT_NAME}']}}\n";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", top.replace("\\n", "\n") + services)
                        .named(given == null ? "" : given)
                        .with(variable == null ? Map.of() : Map.of("COMPOSE_PROJECT_NAME", variable), null)
                        .along(
                                file -> file.equals("e")
                                        ? "B=a${COMPOSE_PROJECT_NAME}\n"
                                        : "services: {base: {image: '${COMPOSE_PROJECT_NAME}_db', environment: [COMPOSE_PROJECT_NAME]}}"));
        assertThat(lines(stack)).isEmpty();
        JsonNode spec = stack.services().get(0).spec();
        assertThat(stack.project()).isEqualTo(name);
        assertThat(spec.path("labels")).hasToString("{\"" + value + "\":\"\"}");
        assertThat(spec.path("image").asText()).isEqualTo(value + "_db");
        assertThat(spec.path("env"))
                .hasToString("{\"B\":\"a" + value + "\",\"COMPOSE_PROJECT_NAME\":\"" + value + "\"}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    name: x-                         | c.yaml:1:7: the project's name "x-" is none
                    name: [a]                        | c.yaml:1:7: the project has no name
                    name: null                       | c.yaml:1:7: the project has no name
                    name: ${COMPOSE_PROJECT_NAME:?w} | c.yaml:1:7: the variable COMPOSE_PROJECT_NAME is not set: w
                    """)
    @DisplayName("a name in the file that is none is refused once, where it stands")
    void projectIsNone(String top, String words) {
        assertThat(refusals(top + "\nservices: {a: {image: '${COMPOSE_PROJECT_NAME:-a}'}}\n"))
                .first()
                .asString()
                .startsWith(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    80                     | [{"host_ip":"0.0.0.0","container_port":80}]
                    8080:80                | [{"host_ip":"0.0.0.0","host_port":8080,"container_port":80}]
                    127.0.0.1:8080:80/udp  | [{"host_ip":"127.0.0.1","host_port":8080,"container_port":80,"protocol":"udp"}]
                    127.0.0.1::80          | [{"host_ip":"127.0.0.1","container_port":80}]
                    '[::1]:81:80'          | [{"host_ip":"::1","host_port":81,"container_port":80}]
                    3000-3001              | [{"host_ip":"0.0.0.0","container_port":3000},{"host_ip":"0.0.0.0","container_port":3001}]
                    9000-9001:80-81        | [{"host_ip":"0.0.0.0","host_port":9000,"container_port":80},{"host_ip":"0.0.0.0","host_port":9001,"container_port":81}]
                    """)
    void portsAreTaken(String written, String json) {
        assertThat(spec("ports: [\"" + written + "\"]").get("ports")).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:80", "80-70", "9000-9009:80", "1:2:3:4", "80/", "example.com:80:80", "-"})
    void orRefusedAsPorts(String written) {
        assertThat(refusals(TOP + "    ports: [\"" + written + "\"]\n"))
                .singleElement()
                .asString()
                .startsWith("c.yaml:5:13: ports: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    5432        | [{"container_port":5432}]
                    '"5432"'    | [{"container_port":5432}]
                    53/udp      | [{"container_port":53,"protocol":"udp"}]
                    53/TCP      | [{"container_port":53,"protocol":"tcp"}]
                    8000-8001   | [{"container_port":8000},{"container_port":8001}]
                    7-8/udp     | [{"container_port":7,"protocol":"udp"},{"container_port":8,"protocol":"udp"}]
                    1, 2        | [{"container_port":1},{"container_port":2}]
                    """)
    void exposedPortsAreTaken(String written, String json) {
        assertThat(spec("expose: [" + written + "]").get("expose")).hasToString(json);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "80-70", "80:80", "80/", "-", "99999999999", "127.0.0.1:80"})
    void orRefusedAsExposed(String written) {
        assertThat(refusals(TOP + "    expose: ['" + written + "']\n"))
                .containsExactly("c.yaml:5:14: expose: " + written
                        + " is no port of a container; write PORT or FIRST-LAST, with /udp behind it for UDP");
    }

    @Test
    void whatIsStartedFirstNeedsAnotherNodeForAFixedPort() {
        String order = "    deploy: {update_config: {order: %s}}\n";
        String fixed = TOP + "    ports: [\"18081:80\"]\n";
        assertThat(remarks(fixed + order.formatted("start-first")))
                .singleElement()
                .asString()
                .contains("host port 18081 is fixed", "needs another node", "order: stop-first");
        assertThat(remarks(fixed + order.formatted("stop-first"))).isEmpty();
        assertThat(remarks(TOP + "    ports: [\"80\"]\n" + order.formatted("start-first")))
                .isEmpty();
    }

    private static List<String> remarks(String text) {
        return lines(read(text)).stream()
                .filter(line -> !line.contains(" find each other by name"))
                .toList();
    }

    /** What is said of single lines, without what is said of most files: which services name no restart. */
    private static List<String> lines(ComposeStack stack) {
        return stack.findings().stream()
                .filter(finding -> !finding.words().startsWith("restart: \""))
                .map(ComposeFinding::toString)
                .toList();
    }

    private static JsonNode expose(String text, int service) {
        return read(text).services().get(service).spec().path("expose");
    }

    @Test
    @DisplayName("who says nothing of restart is started again, unlike with Compose: said once, of all of them")
    void startedAgain() {
        String text = """
                name: shop
                services:
                  web: {image: a, restart: unless-stopped}
                  create-buckets: {image: a, depends_on: [web]}
                  migrate: {image: a}
                  seed: {image: a, network_mode: 'service:web'}
                  once: {image: a, restart: 'no'}
                  task: {image: a, deploy: {mode: replicated-job}}
                  policy: {image: a, deploy: {restart_policy: {condition: on-failure}}}
                  off: {image: a, profiles: [x]}
                  wait: {image: a, restart: always, depends_on: {migrate: {condition: service_completed_successfully}}}
                """;
        assertThat(read(text).findings().stream().map(ComposeFinding::toString))
                .filteredOn(line -> line.contains("restart:"))
                .containsExactly(
                        "c.yaml:3:3: restart: \"create-buckets\", \"seed\" say nothing of it, and start again after each end,"
                                + " also after a good one; write restart: \"no\" or on-failure for what runs once,"
                                + " or have another wait for its end (depends_on with service_completed_successfully)");
        assertThat(read(TOP).findings())
                .singleElement()
                .asString()
                .startsWith("c.yaml:3:3: restart: \"web\" says nothing of it, and starts again after each end");
        String many = IntStream.range(0, 23)
                .mapToObj(i -> "  s" + i + ": {image: a}\n")
                .collect(Collectors.joining());
        assertThat(read("name: s\nservices:\n" + many).findings())
                .extracting(ComposeFinding::words)
                .anyMatch(words -> words.contains("\"s19\" and 3 more say nothing of it"));
    }

    @Test
    @DisplayName("what is exposed keeps no service of the file from running beside the others: the first has the port")
    void exposedOnce() {
        String two = TOP + "    expose: [80, 81]\n  api: {image: api:1, expose: [82, '80/tcp', 80/udp]}\n";
        assertThat(expose(two, 0)).hasToString("[{\"container_port\":80},{\"container_port\":81}]");
        assertThat(expose(two, 1))
                .hasToString("[{\"container_port\":82},{\"container_port\":80,\"protocol\":\"udp\"}]");
        assertThat(remarks(two))
                .containsExactly(
                        "c.yaml:6:36: expose: 80/tcp is web's already, and a node has each port once: api is found by name, but reached from its own node alone; have it listen on another port, where other nodes are to reach it");
        assertThat(read(two).services().get(1).at("/expose/1").column()).isEqualTo(46);

        String published = TOP + "    expose: [80]\n  proxy: {image: p, ports: ['80:8080']}\n";
        assertThat(expose(published, 0).isMissingNode()).isTrue();
        assertThat(remarks(published)).singleElement().asString().contains("80/tcp is proxy's already");

        String own = TOP + "    expose: [80, 81]\n    ports: ['80:80', '127.0.0.1:81:81', '82']\n";
        assertThat(expose(own, 0)).hasToString("[{\"container_port\":81}]");
        assertThat(remarks(own))
                .containsExactly("c.yaml:5:14: expose: 80/tcp is a port of its node already; leave it out");
    }

    @Test
    @DisplayName("instances of an exposed port need a node each, which is said; a network without ports has none")
    void exposedByMany() {
        String many = TOP + "    expose: [80]\n    scale: 3\n";
        assertThat(expose(many, 0)).hasSize(1);
        assertThat(remarks(many))
                .containsExactly(
                        "c.yaml:5:14: expose: a node has each port once, so that web's 3 instances need as many nodes; leave it out, where they may share nodes and only those of their own node connect to them");
        for (String network : List.of("host", "none")) {
            String text = TOP + "    expose: [80]\n    network_mode: " + network + "\n";
            assertThat(expose(text, 0).isMissingNode()).isTrue();
            assertThat(remarks(text))
                    .containsExactly(
                            "c.yaml:5:13: expose: with the network " + network + " nothing is published; leave it out");
        }
    }

    @Test
    @DisplayName("of who is named by others, and has no port that other nodes reach, that is said")
    void unreachable() {
        String db =
                "c.yaml:6:3: db is named by web and has neither ports nor expose: it is reached by name from its own node alone, where both are if there is room;"
                        + " write expose: [PORT] with what it listens on";
        for (String names : List.of("depends_on: [db]", "depends_on: {db: {condition: service_healthy}}")) {
            assertThat(remarks(TOP + "    " + names + "\n  db: {image: db:1}\n"))
                    .containsExactly(db);
        }
        assertThat(remarks(TOP + "    links: [db]\n  db: {image: db:1}\n")).contains(db);
        for (String reached : List.of(
                "ports: ['5432:5432']",
                "expose: [5432]",
                "expose: []",
                "network_mode: host",
                "deploy: {mode: global}",
                "restart: 'no', profiles: [x]")) {
            assertThat(remarks(TOP
                            + "    depends_on: {db: {condition: service_started, required: false}}\n  db: {image: db:1, "
                            + reached + "}\n"))
                    .as(reached)
                    .noneMatch(line -> line.contains("is named by"));
        }
        assertThat(remarks(TOP
                        + "    depends_on: {db: {condition: service_completed_successfully}}\n  db: {image: db:1}\n"))
                .isEmpty();
        assertThat(remarks(TOP + "  db: {image: db:1}\n")).isEmpty();
    }

    @Test
    void bothSpellingsAreOne() {
        assertThat(spec("environment: [A=b, 'C=d=e', SET, NONE]"))
                .isEqualTo(spec("environment: {A: b, C: d=e, SET: , NONE: }"));
        assertThat(spec("labels: [a=b]")).isEqualTo(spec("labels: {a: b}"));
        assertThat(spec("command: run 'a b' \"c\\\"d\" e\\ f")).isEqualTo(spec("command: [run, a b, 'c\"d', e f]"));
        assertThat(spec("extra_hosts: ['a:10.0.0.1']")).isEqualTo(spec("extra_hosts: {a: 10.0.0.1}"));
        assertThat(spec("dns: 10.0.0.1")).isEqualTo(spec("dns: [10.0.0.1]"));
        assertThat(spec("devices: ['/dev/a:/dev/b:r']"))
                .isEqualTo(spec("devices: [{source: /dev/a, target: /dev/b, permissions: r}]"));
        assertThat(spec("ports: ['127.0.0.1:1:2/udp']"))
                .isEqualTo(spec("ports: [{target: 2, published: '1', host_ip: 127.0.0.1, protocol: udp}]"));
        assertThat(spec("tmpfs: /run:size=1024"))
                .isEqualTo(spec("volumes: [{type: tmpfs, target: /run, tmpfs: {size: 1k}}]"));
        assertThat(spec("tmpfs: [/run/, '/tmp//:mode=01777,size=1m']"))
                .isEqualTo(spec("tmpfs: [/run, '/tmp:mode=1777,size=1m']"));
        assertThat(spec("tmpfs: ['/a:mode=0755', '/b:mode=755', '/c:mode=00755']")
                        .get("tmpfs"))
                .as("as it stood, for another spelling is another revision")
                .hasToString("[\"/a:mode=0755\",\"/b:mode=755\",\"/c:mode=0755\"]");
        assertThat(spec("volumes: [{type: tmpfs, target: /run/}]")).isEqualTo(spec("tmpfs: [/run]"));
        assertThat(spec("tmpfs: [/, '/b:mode=010']").get("tmpfs")).hasToString("[\"/\",\"/b:mode=010\"]");
        assertThat(spec("cpus: 0.5", "mem_limit: 64m", "mem_reservation: 32m", "pids_limit: 9"))
                .isEqualTo(
                        spec(
                                "deploy: {resources: {limits: {cpus: '0.5', memory: 64M, pids: 9}, reservations: {memory: 32mb}}}"));
        assertThat(spec("cpus: .5")).isEqualTo(spec("cpus: '0.5'"));
        assertThat(spec("healthcheck: {test: 'a b'}")).isEqualTo(spec("healthcheck: {test: [CMD-SHELL, 'a b']}"));
        assertThat(spec("healthcheck: {test: [NONE]}")).isEqualTo(spec("healthcheck: {disable: true}"));
    }

    @Test
    void whatIsMergedInStandsUnderWhatIsThere() {
        JsonNode spec = read("""
                name: shop
                x-a: &a {user: app, environment: {A: a, B: b}}
                x-b: &b {user: other, hostname: h}
                services:
                  web:
                    <<: [*a, *b]
                    image: web:1
                    environment: {A: c}
                """).services().get(0).spec();
        assertThat(spec.get("user").asText()).isEqualTo("app");
        assertThat(spec.get("hostname").asText()).isEqualTo("h");
        assertThat(spec.get("env")).hasToString("{\"A\":\"c\"}");
    }

    @Test
    void whatIsExtendedToo() {
        String base = """
                services:
                  base:
                    extends: root
                    image: base:1
                    environment: [A=a, B=b]
                    ports: ["80"]
                  root: {image: root:1, command: [run], user: root}
                """;
        ComposeStack stack =
                Compose.read(ComposeSource.of("c.yaml", """
                        name: shop
                        services:
                          web:
                            extends: {file: base.yaml, service: base}
                            environment: {B: c}
                            ports: ["81"]
                            command: serve
                        """).along(file -> file.equals("base.yaml") ? base : null));
        assertThat(lines(stack)).isEmpty();
        JsonNode spec = stack.services().get(0).spec();
        assertThat(spec.get("image").asText()).isEqualTo("base:1");
        assertThat(spec.get("user").asText()).isEqualTo("root");
        assertThat(spec.get("env")).hasToString("{\"A\":\"a\",\"B\":\"c\"}");
        assertThat(spec.get("args")).hasToString("[\"serve\"]");
        assertThat(spec.get("ports")).hasSize(2);

        assertThat(refusals("name: s\nservices:\n  a: {extends: b, image: x}\n  b: {extends: a}\n"))
                .anyMatch(line -> line.contains("extends itself"));
        assertThat(refusals("name: s\nservices:\n  a: {extends: c, image: x}\n"))
                .containsExactly("c.yaml:3:7: there is no service c to extend; write service: with one of this file");
    }

    @Test
    @DisplayName("profiles choose; a variable can give one, and * is all")
    void profiles() {
        String text = TOP + "  one: {image: a, profiles: [x]}\n  two: {image: a, profiles: [y, z]}\n";
        assertThat(names(read(text))).containsExactly("shop-web");
        assertThat(names(Compose.read(ComposeSource.of("c", text).in(Set.of("z")))))
                .containsExactly("shop-web", "shop-two");
        assertThat(names(Compose.read(ComposeSource.of("c", text).in(Set.of("*")))))
                .hasSize(3);
        assertThat(names(Compose.read(ComposeSource.of("c", text).with(Map.of("COMPOSE_PROFILES", "x,y"), null))))
                .hasSize(3);
    }

    @Test
    @DisplayName(
            "for a service that nobody wants nothing is refused or said but a word that is no key; for what a wanted one extends it is")
    void whatNobodyWants() {
        String one =
                "  one: {image: a, profiles: [x], cpuset: '0', build: ., annotations: {a: b}, volumes: [{type: bind, bind: {recursive: disabled}}]}\n";
        assertThat(lines(read(TOP + one))).isEmpty();
        assertThat(Compose.read(ComposeSource.of("c.yaml", TOP + one).in(Set.of("x")))
                        .findings())
                .extracting(finding -> finding.words().split(":")[0])
                .contains("cpuset", "annotations", "recursive");
        assertThat(refusals(TOP + "  one: {image: a, profiles: [x], imagee: b}\n"))
                .containsExactly("c.yaml:5:34: there is no key \"imagee\"; did you mean image?");

        String base = """
                services:
                  base: {image: base:1, extends: root}
                  root: {image: a}
                  other: {image: a, cpuset: '0', imagee: b}
                """;
        String text = "name: shop\nservices: {web: {extends: {file: base.yaml, service: base}}}\n";
        assertThat(along(text, base)).isEmpty();
        assertThat(along(text, base.replace("root: {", "root: {cpuset: '0', imagee: b, ")))
                .containsExactly(
                        "base.yaml:3:10: cpuset: which processors is the node's choice; write cpus: with how many",
                        "base.yaml:3:23: there is no key \"imagee\"; did you mean image?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    base: {image: a}          | base.yaml:1:1
                    service: {base: {user: a}} | base.yaml:1:1
                    [a]                       | base.yaml:1:1
                    x                         | base.yaml:1:1
                    services: [a]             | base.yaml:1:1
                    services: a               | base.yaml:1:1
                    services:                 | base.yaml:1:1
                    """)
    @DisplayName("a file that is extended and has no services is refused, and not passed over")
    void extendsWhatHasNoServices(String base, String place) {
        assertThat(along("name: s\nservices: {a: {image: a, extends: {file: base.yaml, service: base}}}\n", base))
                .containsExactly(
                        place + ": the file base.yaml has no services; write services: and under it what is extended");
    }

    private static List<String> along(String text, String base) {
        return lines(Compose.read(ComposeSource.of("c.yaml", text).along(file -> base)));
    }

    private static List<String> names(ComposeStack stack) {
        return stack.services().stream().map(ComposeService::deployment).toList();
    }

    @Test
    @DisplayName("a service on whose end another waits is a job; each comes after what it depends on")
    void order() {
        ComposeStack stack = read("""
                name: shop
                services:
                  a: {image: a, depends_on: {b: {condition: service_healthy}, c: {condition: service_completed_successfully}}}
                  b: {image: a, depends_on: [c_1]}
                  c: {image: a, restart: "no"}
                  c_1: {image: a}
                """);
        assertThat(names(stack)).containsExactly("shop-c", "shop-c-1", "shop-b", "shop-a");
        assertThat(stack.services().get(0).spec())
                .hasToString(
                        "{\"name\":\"shop-c\",\"stack\":\"shop\",\"image\":\"a\",\"init\":false,\"mode\":\"job\",\"job\":{\"retries\":0},\"networks\":[{\"name\":\"shop_default\",\"aliases\":[\"c\"]}]}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    build: .                      | 5:5  | build it
                    imagee: a                     | 5:5  | did you mean image?
                    network_mode: service:vpn     | 5:5  | there is no such service
                    network_mode: service:web     | 5:5  | has another's network itself
                    network_mode: container:vpn   | 5:5  | write network_mode: service:NAME
                    volumes_from: [db]            | 5:5  | name the volumes in both services
                    links: ['db:database']        | 5:13 | use its own name
                    pid: container:db             | 5:5  | a container has its own
                    restart: sometimes            | 5:5  | give no, always
                    depends_on: [none]            | 5:18 | there is no service none
                    depends_on: [web]             | 5:18 | in a circle
                    volumes: ['./data:/data']     | 5:15 | no node has it
                    volumes: ['data:/data']       | 5:15 | no volume data at the top
                    env_file: none.env            | 5:15 | is not there
                    healthcheck: {interval: 5s}   | 5:18 | has no test
                    entrypoint: []                | 5:5  | of no words
                    command: "a 'b"               | 5:14 | a quote that is not closed
                    environment: {A: [b]}         | 5:22 | give a text
                    ports: 80                     | 5:12 | give a list
                    privileged: maybe             | 5:17 | give true or false
                    stop_grace_period: soon       | 5:24 | give a time
                    mem_limit: much               | 5:16 | give a size
                    deploy: {mode: global-job}    | 5:14 | replicated-job
                    deploy: {placement: {constraints: ['node.role==manager']}} | 5:40 | no node is a manager
                    scale: 2                      | 6:14 | say two things
                    user: a                       | 6:5  | given twice
                    gpus: all                     | 5:11 | count
                    secrets: [s]                  | 5:15 | there is nothing about s
                    """)
    void whatCantBeTakenIsNamedWithItsPlace(String line, String place, String words) {
        String more = line.startsWith("scale")
                ? "    deploy: {replicas: 3}\n"
                : line.startsWith("user") ? "    user: b\n" : "";
        String text = line.startsWith("build") ? TOP.replace("    image: web:1\n", "    tty: true\n") : TOP;
        List<String> found = refusals(text + "    " + line + "\n" + more);
        if (line.startsWith("scale")) {
            assertThat(found)
                    .singleElement()
                    .asString()
                    .contains("c.yaml:5:5: ")
                    .contains(words);
        } else {
            assertThat(found)
                    .singleElement()
                    .asString()
                    .startsWith("c.yaml:" + place + ": ")
                    .contains(words.equals("build it") ? "build the image" : words);
        }
    }

    @Test
    void namesAreThoseOfDeployments() {
        assertThat(refusals("services: {a: {image: a}}\n"))
                .containsExactly(
                        "c.yaml:1:1: the project has no name; give one (--project NAME, project), or write name: NAME at the top of the file");
        assertThat(names(read("name: My_Shop\nservices: {Web_1.a: {image: a}}\n")))
                .containsExactly("my-shop-web-1-a");
        assertThat(refusals("name: shop\nservices: {a_b: {image: a}, a-b: {image: a}}\n"))
                .singleElement()
                .asString()
                .contains("a-b and a_b would both be the deployment shop-a-b");
        assertThat(refusals("name: -\nservices: {a: {image: a}}\n")).isNotEmpty();
        assertThat(refusals("name: " + "x".repeat(60) + "\nservices: {abcd: {image: a}}\n"))
                .singleElement()
                .asString()
                .contains("has 65 characters");
    }

    @Test
    @DisplayName(
            "a volume of several services is one's of them, whose it is they share; unless it is a share or a folder of the hosts; a path beside the file is on no node")
    void volumes() {
        String two =
                "name: s\nservices:\n  a: {image: a, volumes: ['v:/v']}\n  b: {image: b, volumes: [{source: v, target: /w}]}\nvolumes:\n  v: ";
        assertThat(refusals(two + "{}\n")).isEmpty();
        assertThat(refusals(two.replace("image: b,", "image: b, network_mode: 'service:a',") + "{}\n"))
                .as("as it says")
                .isEmpty();
        assertThat(refusals(two + "{driver_opts: {type: nfs, device: ':/x', o: addr=10.0.0.1}}\n"))
                .isEmpty();
        assertThat(refusals(two + "{driver_opts: {type: none, device: /srv/x, o: bind}}\n"))
                .isEmpty();
        assertThat(refusals(two + "{external: true}\n"))
                .isNotEmpty()
                .allMatch(line -> line.contains("is there already"));

        ComposeStack given = Compose.read(ComposeSource.of(
                        "c.yaml",
                        TOP + "    volumes: ['./a.conf:/etc/a.conf:ro', './b.conf:/etc/b.conf', './c:/c:ro']\n")
                .along(file -> file.startsWith("./a") || file.startsWith("./b") ? "text" : null));
        assertThat(given.findings().stream()
                        .filter(ComposeFinding::refuses)
                        .map(finding -> finding.at().column()))
                .as("what is written to, and what is not there")
                .containsExactly(42, 66);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain\ntext\n",
                "{{ a }} {% b %} {# c #}\n",
                "\n\n{{ a }}\n\n",
                "{{ a }}",
                " {%- x -%} \r\n",
                "tail {{ a }}\n\n\n"
            })
    @DisplayName("a config's content reaches its file to the letter, whatever braces it has")
    void contentIsVerbatim(String content) {
        Map<String, String> files = Map.of("./c", content);
        ComposeStack stack =
                Compose.read(ComposeSource.of("c.yaml", TOP + "    configs: [c]\nconfigs: {c: {file: ./c}}\n")
                        .along(files::get));
        JsonNode template = stack.services().get(0).spec().at("/templates/0");
        assertThat(template.path("content").asText()).isEqualTo(content);
        assertThat(template.path("engine").asText("pebble")).isEqualTo(content.contains("{") ? "none" : "pebble");
    }

    @Test
    @Timeout(20)
    @DisplayName("a file that grows without end is refused in words")
    void laughs() {
        StringBuilder text = new StringBuilder("name: s\nx-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 12; i++) {
            text.append("x-" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "]\n");
        }
        text.append("services: {a: {image: a}}\n");
        assertThat(refusals(text.toString()))
                .singleElement()
                .asString()
                .contains("with every alias written out the file has more than 50000 parts");
        assertThat(refusals("name: s\nservices: {a: &a {image: a, x-a: *a}}\n"))
                .singleElement()
                .asString()
                .contains("an alias is in itself");
        assertThat(refusals("[".repeat(100_000))).singleElement().asString().contains("Nesting Depth exceeded");
        assertThat(refusals("a: " + "x".repeat(2_000_000)))
                .singleElement()
                .asString()
                .contains("give 1048576 at most");
        StringBuilder many = new StringBuilder("name: s\nservices:\n");
        for (int i = 0; i < 300; i++) {
            many.append("  s" + i + ": {image: a}\n");
        }
        assertThat(refusals(many.toString()))
                .singleElement()
                .asString()
                .contains("there are 300 services; give 256 at most");
        StringBuilder wide = new StringBuilder("name: s\nservices:\n  base: {image: a, dns: [DISTINCT]}\n");
        for (int i = 0; i < 200; i++) {
            wide.append("  s" + i + ": {extends: base, x-a: [" + "b, ".repeat(100) + "]}\n");
        }
        assertThat(refusals(wide.toString().replace("DISTINCT", distinct())))
                .anyMatch(line -> line.contains("the services have more than 100000 parts"));
        String bomb = "name: s\nservices: {a: {image: a, environment: {" + "A: '${B}'".replace("A", "A") + "}}}\n";
        assertThat(Compose.read(ComposeSource.of("c", bomb.replace("'${B}'", "'" + "${B}".repeat(100) + "'"))
                                .with(Map.of("B", "x".repeat(100_000)), null))
                        .findings())
                .anyMatch(finding -> finding.words().contains("too much text"));
    }

    @Test
    @DisplayName(
            "several files of variables are read one after the other: each has its own name and lines, the later counts")
    void envFiles() {
        List<ComposeSource.EnvFile> files = List.of(
                new ComposeSource.EnvFile("a.env", "A=1\nB=\"open\n"),
                new ComposeSource.EnvFile("b.env", "\uFEFFA=2\nC=$A\nPASS=ab${9x!yz}\nTOLD=${NONE:?hush}\n"));
        ComposeStack stack = Compose.read(new ComposeSource("c", TOP, Map.of(), files, Set.of(), "", name -> null));
        assertThat(lines(stack))
                .anyMatch(line -> line.startsWith("a.env:2:1: the quote that begins here is not closed"))
                .anyMatch(line -> line.startsWith("b.env:3:1: ${…} (not shown) names no variable"))
                .anyMatch(line -> line.startsWith("b.env:4:1: the variable NONE is not set; "))
                .hasSize(3)
                .noneMatch(line -> line.contains("9x") || line.contains("hush"));
        ComposeStack sound = Compose.read(new ComposeSource(
                "c",
                TOP + "    environment: {A: '$A', C: '$C'}\n",
                Map.of(),
                List.of(new ComposeSource.EnvFile("a", "A=1\n"), new ComposeSource.EnvFile("b", "\uFEFFA=2\nC=$A\n")),
                Set.of(),
                "",
                name -> null));
        assertThat(lines(sound)).isEmpty();
        assertThat(sound.services().get(0).spec().at("/env").toString()).isEqualTo("{\"A\":\"2\",\"C\":\"2\"}");
    }

    private static final String MUCH = "has more than 4194304 characters";

    private static final String UNSET =
            "x-u: [" + IntStream.range(0, 250).mapToObj(i -> "$A").collect(Collectors.joining(", ")) + "]\n";

    @Test
    @DisplayName("what is refused is said and refuses, however many remarks came before it")
    void refusedBehindRemarks() {
        String mistyped = "name: s\n" + UNSET + "services: {web: {image: a, imagee: b, cpuz: 1}}\n";
        ComposeStack stack = Compose.read(ComposeSource.of("c", mistyped));
        assertThat(stack.refused()).isTrue();
        assertThat(stack.services()).isEmpty();
        assertThat(stack.findings()).hasSize(200);
        assertThat(refusals(mistyped)).hasSize(2).anyMatch(words -> words.contains("imagee"));

        StringBuilder many = new StringBuilder("name: s\n" + UNSET + "services: {web: {image: a");
        for (int i = 0; i < 300; i++) {
            many.append(", k").append(i).append(": 1");
        }
        assertThat(refusals(many + "}}\n")).hasSize(200);

        String large = "x".repeat(100_000);
        Map<String, String> variables = Map.of("B", large);
        String fifty = "'" + "${B}".repeat(50) + "'";
        assertTooMuch(ComposeSource.of("c", "name: s\n" + UNSET + "x-a: " + fifty + "\nservices: {web: {image: a}}\n")
                .with(variables, null));
        assertTooMuch(ComposeSource.of("c", "name: " + fifty + "\nservices: {web: {image: a}}\n")
                .with(variables, null));
    }

    @Test
    @DisplayName("a stack of no services says why")
    void noServicesWithoutAWord() {
        assertThatThrownBy(() -> new ComposeStack("s", List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no services");
    }

    /** What ends the reading, the only thing that is refused. */
    private static void assertTooMuch(ComposeSource source) {
        ComposeStack stack = Compose.read(source);
        assertThat(stack.findings())
                .filteredOn(ComposeFinding::refuses)
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.words()).contains(MUCH);
                    assertThat(finding.instead()).contains("knit file set");
                });
        // none is shown: they may be gigabytes
        assertThat(stack.services().size()).isZero();
    }

    @Test
    @Timeout(20)
    @DisplayName(
            "what one reading makes is counted over all that it puts in: aliases, variables, files that are used again")
    void laughsWithText() {
        String large = "x".repeat(400_000);
        String top = "name: s\nx: &a \"" + large + "\"\nservices: {s: {image: a, environment: {";
        StringBuilder aliases = new StringBuilder(top);
        StringBuilder keys = new StringBuilder("name: s\nx: &a {? " + large + " : 1}\ny: [");
        for (int i = 0; i < 20_000; i++) {
            aliases.append("A").append(i).append(": *a, ");
            keys.append(i < 400 ? "*a, " : "");
        }
        assertTooMuch(ComposeSource.of("c", aliases + "}}}\n"));
        assertTooMuch(ComposeSource.of("c", keys + "]\nservices: {s: {image: a}}\n"));

        StringBuilder doubles = new StringBuilder("A=" + "x".repeat(1_000) + "\nB=" + "$A".repeat(2_000) + "\n");
        for (int i = 0; i < 300; i++) {
            doubles.append("C").append(i).append("=$B\n");
        }
        String plain = "name: s\nservices: {s: {image: a, KEY}}\n";
        assertTooMuch(ComposeSource.of("c", plain.replace(", KEY", "")).with(Map.of(), doubles.toString()));
        ComposeSource beside =
                ComposeSource.of("c", plain.replace("KEY", "env_file: e")).along(Map.of("e", doubles.toString())::get);
        assertTooMuch(beside);

        String again = "a, ".repeat(40_000);
        for (String key : List.of("env_file: [" + again + "]", "label_file: [" + again + "]")) {
            assertTooMuch(ComposeSource.of("c", plain.replace("KEY", key)).along(name -> "#" + large));
        }
        assertTooMuch(
                ComposeSource.of("c", plain.replace("KEY", "configs: [" + again + "]") + "configs: {a: {file: ./a}}\n")
                        .along(name -> large));
        assertTooMuch(ComposeSource.of(
                        "c", plain.replace("KEY", "configs: [" + again + "]") + "configs: {a: {environment: A}}\n")
                .with(Map.of("A", large), null));
        assertTooMuch(ComposeSource.of("c", plain.replace("KEY", "volumes: [" + "'./a:/b:ro', ".repeat(20_000) + "]"))
                .along(name -> large));
        StringBuilder own = new StringBuilder("name: s\nservices:\n");
        StringBuilder extended = new StringBuilder(own).append("  base: {image: a, environment: {A: " + large + "}}\n");
        for (int i = 0; i < 200; i++) {
            own.append("  s" + i + ": {image: a, environment: [A]}\n");
            extended.append("  s" + i + ": {extends: base}\n");
        }
        assertTooMuch(ComposeSource.of("c", own.toString()).with(Map.of("A", large), null));
        assertTooMuch(ComposeSource.of("c", extended.toString()));
        assertTooMuch(ComposeSource.of("c", plain.replace("KEY", "ports: [" + "'1-200', ".repeat(40_000) + "]")));
    }

    @Test
    @Timeout(20)
    @DisplayName("a file with many keys that nothing ends is read in one go")
    void keysWithoutEnd() {
        String keys = "A=-----BEGIN\n".repeat(75_000);
        assertThat(lines(Compose.read(ComposeSource.of("c", TOP).with(Map.of(), keys))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "[]",
                "a: [",
                "services: {a: {image: a}}\n---\nb: c",
                "services:",
                "services: []",
                "services: {a: }",
                "services: {[a]: {}}",
                "name: s\nservices: {a: !x {image: a}}",
                "a: \u0000",
                "services: {a: {<<: b, image: a}}"
            })
    void whatIsNoComposeFileIsRefused(String text) {
        assertThat(refusals(text)).isNotEmpty();
        assertThat(read(text).services()).isEmpty();
    }

    @Test
    @DisplayName(
            "files of variables: comments, quotes, export, variables of their own; what stands in the environment goes first")
    void envFile() {
        String env = """
                # of the shop
                export A=one # not this
                B='two $A #'
                C="three \\"${A}\\"\\n"
                D = ${E:-four}
                SET=lost
                F="over
                lines"
                G=a#b
                H=#b
                I= # not this
                J=a\t# nor this
                K= #
                L= a #b#c
                M='a' # not this
                N: #b
                """;
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "c.yaml",
                        TOP
                                + "    environment: {A: $A, B: $B, C: $C, D: $D, S: $SET, F: $F, G: $G, H: $H, I: $I, J: $J, K: $K, L: $L, M: $M, N: $N}\n")
                .with(Map.of("SET", "kept"), env));
        assertThat(lines(stack)).isEmpty();
        assertThat(stack.services().get(0).spec().get("env"))
                .hasToString(
                        "{\"A\":\"one\",\"B\":\"two $A #\",\"C\":\"three \\\"one\\\"\\n\",\"D\":\"four\",\"S\":\"kept\",\"F\":\"over\\nlines\",\"G\":\"a#b\",\"H\":\"#b\",\"I\":\"\",\"J\":\"a\",\"K\":\"\",\"L\":\"a\",\"M\":\"a\",\"N\":\"\"}");
        assertThat(lines(Compose.read(ComposeSource.of("c.yaml", TOP).with(Map.of(), "A=1\n=b\nC=\"d\n"))))
                .containsExactly(
                        ".env:2:1: this line (not shown) sets no variable; write NAME=value",
                        ".env:3:1: the quote that begins here is not closed; close it");
    }

    @Test
    void whatIsWrongInAFileOfVariablesIsNotShown() {
        String key = "KEY=-----BEGIN PRIVATE KEY-----\nhunter2secret\nhunter2/secret+\n-----END PRIVATE KEY-----\n";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", TOP).with(Map.of(), "A=1\nhunter2 secret/+\n" + key + "=hunter2\n"));
        assertThat(lines(stack))
                .containsExactly(
                        ".env:2:1: this line (not shown) sets no variable; write NAME=value",
                        ".env:3:1: the value of KEY goes on over several lines, and has no quotes;"
                                + " put all of it into quotes: KEY=\"-----BEGIN…\"",
                        ".env:7:1: this line (not shown) sets no variable; write NAME=value");
    }

    @Test
    @DisplayName(
            "of files of variables half as much is taken as there may be text: they count as they are read, and by their values")
    void countedTwice() {
        String file = "A=" + "x".repeat(40_000) + "\n";
        for (int services : new int[] {51, 53}) {
            StringBuilder text = new StringBuilder("name: s\nservices:\n");
            for (int i = 0; i < services; i++) {
                text.append("  s").append(i).append(": {image: a, env_file: e}\n");
            }
            ComposeSource source = ComposeSource.of("c", text.toString()).along(name -> file);
            assertThat(Compose.read(source).refused())
                    .as("%s services", services)
                    .isEqualTo(services == 53);
        }
    }

    @Test
    @DisplayName("of a service that is left out no key is refused; what is needed to read the files is asked for")
    void leftOut() {
        String text = TOP + "  debug: {profiles: [debug], image: a, KEY}\n";
        assertThat(refusals(text.replace("KEY", "cpuset: '0'"))).isEmpty();
        assertThat(refusals(text.replace("KEY", "environment: {T: '${NONE:?set it}'}")))
                .singleElement()
                .asString()
                .contains("the variable NONE is not set: set it");
        assertThat(refusals(text.replace("KEY", "extends: {file: none.yaml, service: x}")))
                .singleElement()
                .asString()
                .contains("the file none.yaml is not there");
    }

    @Test
    @DisplayName("nor what stands behind a dollar in one: a password may have it")
    void dollarsInAFileOfVariables() {
        String text = "A=pa$Winter1x\nB=\"${Winter2x}\"\nC=${D:-a$Winter3x}\nE='a$Winter6x'\nF=$A\n";
        String empty =
                " a variable of this value (not shown) is not set, and is empty here; put the value into single quotes,";
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", TOP.replace("web:1", "web:1$E")).with(Map.of(), text));
        assertThat(lines(stack))
                .noneMatch(words -> words.contains("Winter"))
                .satisfiesExactly(
                        words -> assertThat(words).startsWith(".env:1:1:" + empty),
                        words -> assertThat(words).startsWith(".env:2:1:" + empty),
                        words -> assertThat(words).startsWith(".env:3:1:" + empty));
    }

    @Test
    void whatAServerFindsIsMappedToItsLine() {
        ComposeService service = read(TOP
                        + "    ports:\n      - '80'\n      - {target: 81}\n    environment:\n      A/b: c\n    deploy:\n      resources: {limits: {pids: 0}}\n")
                .services()
                .get(0);
        assertThat(service.at("/ports/1/host_ip").line()).isEqualTo(7);
        assertThat(service.at("/env/A~1b").line()).isEqualTo(9);
        assertThat(service.at("/resources/pids").line()).isEqualTo(11);
        assertThat(service.at("/unknown").line()).isEqualTo(3);
        assertThat(service.at(null).line()).isEqualTo(3);
    }

    private static String distinct() {
        return IntStream.range(0, 1_000).mapToObj(i -> "d" + i).collect(Collectors.joining(", "));
    }
}
