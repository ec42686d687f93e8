package io.knit.core.server.compose;

import static io.knit.core.server.compose.ComposeReading.TOP;
import static io.knit.core.server.compose.ComposeReading.read;
import static io.knit.core.server.compose.ComposeReading.refusals;
import static io.knit.core.server.compose.ComposeReading.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the keys of a service become, and what of them is refused. */
class ComposeTest {
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
    @DisplayName("a stack of no services says why")
    void noServicesWithoutAWord() {
        assertThatThrownBy(() -> new ComposeStack("s", List.of(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no services");
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
}
