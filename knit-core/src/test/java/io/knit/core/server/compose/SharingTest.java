package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that have another's network. */
class SharingTest {
    private static ComposeStack read(String text) {
        return Compose.read(ComposeSource.of("c.yaml", text).with(Map.of(), null));
    }

    private static List<String> refusals(String text) {
        return read(text).findings().stream()
                .filter(ComposeFinding::refuses)
                .map(ComposeFinding::toString)
                .toList();
    }

    private static List<String> names(ComposeStack stack) {
        return stack.services().stream().map(ComposeService::deployment).toList();
    }

    private static final String SHARES = """
            name: shop
            services:
              vpn:
                image: vpn:1
                ports: ["8080:8080"]
                volumes: [keys:/keys]
              client:
                image: client:2
                network_mode: service:vpn
            """;

    private static String sharing(String more) {
        return SHARES + "    " + more + "\nvolumes: {keys: {}, data: {}}\n";
    }

    @Test
    @DisplayName(
            "who has another's network is its sidecar, with what it has not anyway as its own; who waits for it waits for that one")
    void shares() {
        ComposeStack stack = read(sharing("""
                environment: {LEVEL: 7}
                    command: [run, fast]
                    user: "1000"
                    restart: unless-stopped
                    depends_on: [vpn, other]
                    volumes: [keys:/keys, data:/data]
                  other: {image: a}
                  after: {image: a, depends_on: [client]}
                """));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        assertThat(names(stack)).containsExactly("shop-other", "shop-vpn", "shop-after");
        JsonNode vpn = stack.services().get(1).spec();
        assertThat(vpn.path("sidecars"))
                .hasToString(
                        "[{\"name\":\"client\",\"image\":\"client:2\",\"args\":[\"run\",\"fast\"],\"env\":{\"LEVEL\":\"7\"},\"user\":\"1000\",\"volumes\":[{\"name\":\"data\",\"destination\":\"/data\"}]}]");
        assertThat(vpn.path("volumes").findValuesAsText("destination")).containsExactly("/keys");
        assertThat(vpn.path("depends_on")).hasToString("[\"shop-other\"]");
        assertThat(stack.services().get(2).spec().path("depends_on")).hasToString("[\"shop-vpn\"]");
        assertThat(stack.services().get(1).at("/sidecars/0/image").line()).isEqualTo(8);
        assertThat(stack.services().get(1).at("/sidecars/0/volumes/0").line()).isEqualTo(15);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ports: ['80:80']              | 10:13 | no ports of its own; write it under vpn
                    networks: [a]                 | 10:16 | no networks of its own; write it under vpn
                    cap_add: [NET_ADMIN]          | 10:15 | client has vpn's network, and no cap_add of its own
                    pid: host                     | 10:5  | no pid of its own
                    hostname: a                   | 10:5  | write it under vpn
                    deploy: {replicas: 2}         | 10:14 | no replicas of its own
                    """)
    @DisplayName("what only one of both can have is refused where it stands")
    void sharesNot(String line, String at, String words) {
        String text = sharing(line) + (line.startsWith("networks") ? "networks: {a: {}}\n" : "");
        assertThat(refusals(text))
                .hasSize(1)
                .first()
                .asString()
                .contains(":" + at + ": ")
                .contains(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    labels: {a: b}                | labels of client is not taken over
                    restart: 'no'                 | it is started again whenever it ends
                    healthcheck: {test: curl a}   | only what it shares with is checked
                    stop_signal: SIGINT           | stopped as what it shares with is
                    mem_limit: 64m                | it may take what the other one may
                    pull_policy: always           | images are pulled as the other one's
                    """)
    @DisplayName("what it goes without is said")
    void sharesWithout(String line, String words) {
        ComposeStack stack = read(sharing(line));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        assertThat(stack.findings())
                .anyMatch(finding -> finding.toString().contains(words))
                .as("one service alone looks for no other")
                .noneMatch(finding -> finding.toString().contains("find each other by name"));
        assertThat(stack.services()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    depends_on: {vpn: {condition: service_healthy}}   | a sidecar starts right after vpn, and is not kept until vpn is healthy; have it try again until vpn answers
                    depends_on: {vpn: {condition: service_started}}   |
                    depends_on: [vpn]                                 |
                    depends_on: {later: {condition: service_healthy}} | a sidecar starts right after vpn, and is not kept until later is healthy; have it try again until later answers
                    depends_on: [later]                               | a sidecar starts right after vpn, and is not kept until later has started; have it try again until later answers
                    depends_on: [first]                               |
                    """)
    @DisplayName("for what is in one instance with it a sidecar does not wait, which is said, and nothing else of it")
    void waitsNot(String line, String words) {
        String text = sharing("healthcheck: {test: c}\n    " + line)
                .replace("  vpn:", "  first: {image: f, network_mode: 'service:vpn'}\n  vpn:")
                .replace("    image: vpn:1", "    image: vpn:1\n    healthcheck: {test: a}")
                .replace(
                        "\nvolumes:",
                        "\n  later: {image: l, network_mode: 'service:vpn', healthcheck: {test: b}}\nvolumes:");
        ComposeStack stack = read(text);
        assertThat(stack.services().get(0).spec().has("depends_on")).isFalse();
        assertThat(stack.findings().stream()
                        .map(ComposeFinding::toString)
                        .filter(it -> it.contains("not kept") || it.contains("waits")))
                .isEqualTo(words == null ? List.of() : List.of("c.yaml:13:18: " + words));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    vpn    | vpn is in one instance with what waits for its end here; leave it out, or give one of both its own network
                    client | client waits for itself; leave it out
                    """)
    @DisplayName("it can't wait for the end of what it runs with, nor for itself")
    void waitsForNoEnd(String name, String words) {
        assertThat(refusals(sharing("depends_on: {" + name + ": {condition: service_completed_successfully}}")))
                .contains("c.yaml:10:18: " + words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    security_opt: ['no-new-privileges:true'] | no_new_privileges | true
                    tty: false                               | tty               | false
                    stdin_open: false                        | stdin             | false
                    read_only: false                         | read_only         | false
                    privileged: false                        | privileged        | false
                    deploy: {replicas: 1}                    | replicas          | 1
                    """)
    @DisplayName("what says no more than what is so anyway changes nothing")
    void saysNothing(String line, String field, String value) {
        String text = sharing(line);
        assertThat(refusals(text)).isEmpty();
        assertThat(read(text).services().get(0).spec())
                .isEqualTo(read(sharing("x-a: b")).services().get(0).spec());
        assertThat(specOf("{\"name\":\"a\",\"image\":\"a\",\"" + field + "\":" + value + "}"))
                .as("as the server has it")
                .isEqualTo(specOf("{\"name\":\"a\",\"image\":\"a\"}"));
    }

    private static DeploymentSpec specOf(String json) {
        return SpecReader.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    cap_add: [NET_ADMIN]            | cap_add
                    cap_drop: [ALL]                 | cap_drop
                    privileged: true                | privileged
                    tty: true                       | tty
                    devices: [/dev/net/tun]         | devices
                    group_add: [44]                 | group_add
                    ulimits: {nofile: 9}            | ulimits
                    security_opt: ['label:disable'] | security_opt
                    """)
    @DisplayName("what each container has for itself a sidecar has not, also where the other one has the same")
    void hasNotWhatTheOtherHas(String line, String field) {
        String text = sharing(line).replace("    image: vpn:1\n", "    image: vpn:1\n    " + line + "\n");
        assertThat(refusals(text))
                .singleElement()
                .asString()
                .startsWith("c.yaml:11:")
                .endsWith("client has vpn's network, and no " + field
                        + " of its own; leave it out, or give client its own network");
        assertThat(refusals(sharing("read_only: true")
                        .replace("    image: vpn:1\n", "    image: vpn:1\n    read_only: true\n")))
                .as("it is the same for both")
                .isEmpty();
        assertThat(refusals(sharing("read_only: false")
                        .replace("    image: vpn:1\n", "    image: vpn:1\n    read_only: true\n")))
                .singleElement()
                .asString()
                .contains("no read_only of its own; write it under vpn");
    }

    private static final String THREE = """
            name: shop
            services:
              vpn:
                image: vpn:1
                container_name: gate
                volumes: ["conf:/config", "data:/data:ro", /cache, "c:/c"]
              films:
                image: films:1
                container_name: cinema
                network_mode: service:vpn
                volumes: ["films:/config", "data:/data", /cache, "c:/c"]
              series:
                image: series:1
                network_mode: service:vpn
                volumes:
                  - {type: volume, source: series, target: /config, read_only: true}
                  - data:/data
                  - /srv/pages:/pages:ro
            volumes: {conf: {}, films: {}, series: {}, data: {}, c: {}}
            """;

    @Test
    @DisplayName(
            "each has its own at one path; what is in two by the same name is one volume, and without a name it is two")
    void volumes() {
        ComposeStack stack = read(THREE);
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        ComposeService service = stack.services().get(0);
        JsonNode vpn = service.spec();
        assertThat(vpn.path("volumes"))
                .hasToString("[{\"name\":\"conf\",\"destination\":\"/config\"},"
                        + "{\"name\":\"data\",\"destination\":\"/data\",\"read_only\":true},"
                        + "{\"name\":\"cache\",\"destination\":\"/cache\"},"
                        + "{\"name\":\"c\",\"destination\":\"/c\"}]");
        assertThat(vpn.path("sidecars").path(0).path("volumes"))
                .hasToString("[{\"name\":\"films\",\"destination\":\"/config\"},"
                        + "{\"name\":\"data\",\"destination\":\"/data\"},"
                        + "{\"name\":\"films-cache\",\"destination\":\"/cache\"}]");
        assertThat(vpn.path("sidecars").path(1).path("volumes"))
                .hasToString("[{\"name\":\"series\",\"destination\":\"/config\",\"read_only\":true},"
                        + "{\"name\":\"data\",\"destination\":\"/data\"},"
                        + "{\"bind\":\"/srv/pages\",\"destination\":\"/pages\",\"read_only\":true}]");
        assertThat(service.at("/sidecars/1/volumes/2/bind").line()).isEqualTo(18);
        new Admission(new TemplateEngine()).admit(SpecReader.read(vpn.toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName("of a container_name it is said by which names it is found")
    void containerNames() {
        String start = "container_name: a container is named by its instance";
        assertThat(said(THREE))
                .containsExactly(
                        "c.yaml:5:5: " + start + "; the name is an alias on its networks",
                        "c.yaml:9:5: " + start + "; who has another's network is found by that one's names alone");
        assertThat(said("services: {a: {image: a, container_name: b}}")).containsExactly("c.yaml:1:26: " + start);
        assertThat(said("services: {a: {image: a, container_name: b, network_mode: host}, c: {image: c}}"))
                .containsExactly("c.yaml:1:26: " + start);
    }

    private static List<String> said(String text) {
        return read(text).findings().stream()
                .map(ComposeFinding::toString)
                .filter(it -> it.contains("container_name"))
                .toList();
    }

    @Test
    @DisplayName("a file of both is one, and what is something else at one path is refused where it stands")
    void files() {
        String more = """
                configs: [{source: one, target: /etc/it}]
                volumes: {conf: {}, films: {}, series: {}, data: {}, c: {}}
                configs: {one: {content: a}, two: {content: b}}
                """;
        String text = THREE.replace("    container_name: cinema", "    configs: [{source: two, target: /etc/it}]")
                .replace("    container_name: gate", "    " + more.split("\n")[0])
                .replaceFirst("volumes: \\{conf.*\\}\n$", more.substring(more.indexOf('\n') + 1));
        assertThat(refusals(text)).singleElement().asString().contains("c.yaml:9:15: /etc/it is something else in vpn");
        assertThat(refusals(text.replace("source: two", "source: one"))).isEmpty();
    }
}
