package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.compose.take.Liberty;
import io.knit.core.server.compose.text.ComposeFinding;
import io.knit.core.server.compose.text.NoTextException;
import io.knit.core.server.http.json.ComposeReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands at the top of a file with a name of its own, whose its files are, and amounts that are given more than once. */
class ComposeTakingTest {
    private static final String TOP = "name: shop\nservices:\n  web:\n    image: web:1\n";

    private static ComposeStack read(String text) {
        return Compose.read(ComposeSource.of("c.yaml", text));
    }

    private static JsonNode spec(String text) {
        ComposeStack stack = read(text);
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack.services().get(0).spec();
    }

    private static List<String> said(String text, boolean refused) {
        return read(text).findings().stream()
                .filter(finding -> finding.refuses() == refused)
                // said of most files, as a whole
                .filter(finding -> !finding.words().startsWith("restart: \""))
                .map(ComposeFinding::toString)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        external: true                     | p
        external: yes                      | p
        external: {name: proxy_net}        | proxy_net
        external: {}                       | p
        external: true, name: proxy_net    | proxy_net
        name: a, external: {name: a}       | a
        external: no                       | shop_p
        external: False                    | shop_p
        external: {name: host}             | host
        """)
    @DisplayName("a network that is there already is joined by its own name, also where that is written the older way")
    void network(String written, String name) {
        JsonNode spec = spec(TOP + "    networks: [p]\nnetworks: {p: {" + written + "}}\n");
        String joined = spec.has("network")
                ? spec.path("network").asText()
                : spec.at("/networks/0/name").asText();
        assertThat(joined).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        ["/:/host:ro,rslave"]                                                                 | {"bind":"/","destination":"/host","read_only":true,"propagation":"rslave"}
        ["/var/lib/docker/:/d:rshared"]                                                       | {"bind":"/var/lib/docker","destination":"/d","propagation":"rshared"}
        ["/srv:/srv:z,rprivate"]                                                              | {"bind":"/srv","destination":"/srv"}
        [{type: bind, source: /sys/, target: /sys, read_only: true}]                          | {"bind":"/sys","destination":"/sys","read_only":true}
        [{type: bind, source: /, target: /host, bind: {propagation: slave}}]                  | {"bind":"/","destination":"/host","propagation":"slave"}
        [{type: bind, source: /, target: /host, bind: {propagation: rprivate}}]               | {"bind":"/","destination":"/host"}
        [{type: bind, source: /, target: /host, read_only: true, bind: {propagation: other}}] | {"bind":"/","destination":"/host","read_only":true,"propagation":"other"}
        """)
    @DisplayName(
            "a folder of the host, also as one that sees what is mounted in it later; what is so anyway is not said")
    void folders(String written, String volume) {
        assertThat(spec(TOP + "    volumes: " + written + "\n").path("volumes")).hasToString("[" + volume + "]");
    }

    @ParameterizedTest
    @CsvSource({
        "linux/arm64, linux/arm64",
        "linux/arm/v7, linux/arm/v7",
        "linux/x86_64, linux/amd64",
        "aarch64, linux/arm64",
        "linux/arm64/v8, linux/arm64/v8",
        "linux/arm64/8, linux/arm64/v8",
        "linux/arm/7, linux/arm/v7"
    })
    @DisplayName("a platform, in the words of images; no constraints of it")
    void platform(String written, String platform) {
        JsonNode spec = spec(TOP + "    platform: " + written + "\n");
        assertThat(spec.path("platform").asText()).isEqualTo(platform);
        assertThat(spec.has("constraints")).isFalse();
    }

    @Test
    @DisplayName("a platform that is a system alone, and one that is none")
    void ofASystem() {
        JsonNode spec = spec(TOP + "    platform: linux\n");
        assertThat(spec.has("platform")).isFalse();
        assertThat(spec.path("constraints")).hasToString("[{\"key\":\"node.os\",\"op\":\"=\",\"value\":\"linux\"}]");
        // where it is admitted it is refused, with what is near
        assertThat(spec(TOP + "    platform: linux/amd46\n").path("platform").asText())
                .isEqualTo("linux/amd46");
    }

    @Test
    @DisplayName(
            "its host's processes and shared memory, and what goes without saying then; those of another container are refused")
    void ofItsHost() {
        String text = TOP + "    pid: host\n    ipc: host\n    shm_size: 1g\n";
        JsonNode spec = spec(text);
        assertThat(spec.path("pid").asText()).isEqualTo("host");
        assertThat(spec.path("ipc").asText()).isEqualTo("host");
        assertThat(spec.has("shm_size")).isFalse();
        assertThat(said(text, false))
                .containsExactly(
                        "c.yaml:7:5: shm_size: with ipc: host it has its host's /dev/shm, as large as that is; leave it out");

        JsonNode own = spec(TOP + "    pid: ''\n    ipc: private\n    shm_size: 1g\n");
        assertThat(own.has("pid") || own.has("ipc")).isFalse();
        assertThat(own.path("shm_size").asText()).isEqualTo("1073741824");
        assertThat(said(TOP + "    pid: service:db\n    ipc: container:db\n", true))
                .containsExactly(
                        "c.yaml:5:5: pid: service:db is not taken: a container has its own; leave it out, or write host",
                        "c.yaml:6:5: ipc: container:db is not taken: a container has its own; leave it out, or write host");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        name: proxy, external: true | proxy
        name: proxy                 | proxy
        external: {name: proxy}     | proxy
        external: true              | default
        attachable: true            | shop_default
        """)
    @DisplayName("who names no network is on the one that is set at the top for those, also as the file's only service")
    void defaultNetwork(String written, String name) {
        String set = "networks: {default: {" + written + "}}\n";
        for (String text : List.of(
                TOP + set,
                TOP + "    networks: []\n" + set,
                TOP + "    networks: [default]\n" + set,
                TOP + "  other: {image: a, profiles: [off]}\n" + set)) {
            assertThat(spec(text).path("networks"))
                    .as(text)
                    .hasToString("[{\"name\":\"" + name + "\",\"aliases\":[\"web\"]}]");
        }
    }

    @Test
    @DisplayName("a service alone is on none that nobody says anything of, and on the one that it names itself")
    void alone() {
        assertThat(spec(TOP).has("networks")).isFalse();
        assertThat(spec(TOP + "networks: {default: }\n").has("networks")).isFalse();
        assertThat(spec(TOP + "    networks: {default: {aliases: [x]}}\n").path("networks"))
                .hasToString("[{\"name\":\"shop_default\",\"aliases\":[\"web\",\"x\"]}]");
        assertThat(spec(TOP + "    networks: []\n  other: {image: a}\n").path("networks"))
                .hasToString("[{\"name\":\"shop_default\",\"aliases\":[\"web\"]}]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "['./data:/data']                     | data        | ''",
                "['./data/:/data']                    | data        | ''",
                "['../media/films:/f:ro']             | media-films | ''",
                "['~/x y:/f']                         | x-y         | ''",
                "['.:/srv/app']                       | ''          | is, in whole or in part, of several services (web, other)",
                "[{type: bind, source: ./a, target: /a}] | a        | ''",
                "['./a:/a', './a:/b']                 | a           | ''",
                "['./a/b:/a', './a-b:/b']             | ''          | would be the volume a-b, as another of this service is",
                "['../a:/a', './a:/b']                | ''          | would be the volume a, as another of this service is",
                "['named:/a', './named:/b']           | ''          | would be the volume named, as another of this service is",
                "['./a:/a', './a/b:/b']               | ''          | no volume lies in another",
                "['./shared:/a']                      | ''          | is, in whole or in part, of several services (web, other)",
                "['./shared/b:/a']                    | ''          | is, in whole or in part, of several services (web, other)",
                "['./c.conf:/c.conf']                 | ''          | is beside this file, and no node has it",
                "['./bytes:/c.conf']                  | ''          | is beside this file, and no node has it"
            })
    @DisplayName(
            "a folder beside the file is a volume where who deploys says so, unless it is another's, too, or is a file")
    void foldersAsVolumes(String volumes, String name, String refused) {
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "compose.yaml",
                        TOP + "    volumes: " + volumes
                                + "\n  other: {image: a, volumes: ['./shared:/shared']}\nvolumes: {named: }\n")
                .along(file -> {
                    if (file.equals("./bytes")) {
                        throw new NoTextException("is no text");
                    }
                    return file.equals("./c.conf") ? "a" : null;
                })
                .taking(Set.of(Liberty.FOLDERS_AS_VOLUMES)));
        if (refused.isEmpty()) {
            assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
            assertThat(stack.services())
                    .filteredOn(service -> service.service().equals("web"))
                    .allMatch(service ->
                            service.spec().at("/volumes/0/name").asText().equals(name));
        } else {
            assertThat(stack.findings())
                    .filteredOn(ComposeFinding::refuses)
                    .isNotEmpty()
                    .allMatch(finding -> finding.words().contains(refused))
                    .noneMatch(finding -> finding.instead().contains("--folders-as-volumes"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "['./data:/d'] | network_mode: 'service:web', volumes: ['data:/b'] | ./data would be the volume data, as another of beside is",
                "['./d:/d', 'called:/b'] |  | ./d would be the volume d, as another of this service is",
                "['./data:/d'] | network_mode: 'service:web', volumes: ['~/data:/b'] | ~/data would be the volume data, as another of web is",
                "['./beside/x:/d'] | network_mode: 'service:web', volumes: ['/x'] | ./beside/x would be the volume beside-x, as another of beside is",
                "['.:/d', '.:/e'] |  | . would be two volumes, d and, in this service, e",
                "['./data:/d'] | network_mode: 'service:web', volumes: ['./data/a:/b'] | no volume lies in another",
                "['.:/d'] | network_mode: 'service:web', volumes: ['.:/b'] | . would be two volumes, d and, in beside, b",
                "[{type: bind, source: conf/x, target: /d}] | volumes: ['./conf/x:/d'] | conf/x is, in whole or in part, of several services (web, beside)",
                "[{type: bind, source: data, target: /d}] | volumes: [{type: bind, source: data, target: /d}] | data is, in whole or in part, of several services (web, beside)",
                "[{type: bind, source: data, target: /d}] |  | ''",
                "['./called:/d', 'called:/b'] |  | ''",
                "['./data:/d'] | network_mode: 'service:web', volumes: ['./data:/b', '/data'] | ''",
                "['./data:/d'] | network_mode: 'service:web', volumes: ['/data:/b'] | ''",
                "['./data:/d'] | volumes: ['data:/b'] | ''",
                "['./host:/d', 'host:/b'] |  | ''"
            })
    @DisplayName(
            "a folder's volume is no other one's of the same instance, and of two services none, however it is written")
    void foldersAreNoOthers(String volumes, @Nullable String other, String refused) {
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "compose.yaml",
                        TOP + "    volumes: " + volumes + (other == null ? "" : "\n  beside: {image: a, " + other + "}")
                                + "\nvolumes: {data: , called: {name: d}, host: {driver_opts: {o: bind, device: /srv}}}\n")
                .along(file -> null)
                .taking(Set.of(Liberty.FOLDERS_AS_VOLUMES)));
        List<String> refusals = stack.findings().stream()
                .filter(ComposeFinding::refuses)
                .map(ComposeFinding::words)
                .toList();
        if (refused.isEmpty()) {
            assertThat(refusals).isEmpty();
        } else {
            assertThat(refusals).anyMatch(words -> words.contains(refused));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "['data:/d', '/data'] |  | /data would be the volume data, as another of this service is",
                "['data:/d', {type: volume, target: /data/}] |  | /data would be the volume data, as another of this"
                        + " service is",
                "['called:/d', '/d'] |  | /d would be the volume d, as another of this service is",
                "['/a/b', '/a-b'] |  | /a-b would be the volume a-b, as another of this service is",
                "['/a/b', '/a-b'] |  | /a/b would be the volume a-b, as another of this service is",
                "['/beside-x'] | network_mode: 'service:web', volumes: ['/x'] | /x would be the volume beside-x, as"
                        + " another of web is",
                "['/beside-x'] | network_mode: 'service:web', volumes: ['/x'] | /beside-x would be the volume"
                        + " beside-x, as another of beside is",
                "['/x'] | network_mode: 'service:web', volumes: ['x:/y'] | /x would be the volume x, as another of"
                        + " beside is",
                "['data:/d', 'data:/e', '/x'] | network_mode: 'service:web', volumes: ['/x', 'data:/data'] | ''",
                "['/data'] | volumes: ['data:/b'] | ''",
                "['/srv:/d', '/srv'] |  | ''",
                "[{type: tmpfs, target: /data}, 'data:/d'] |  | ''",
                "['host:/d', '/host'] |  | ''"
            })
    @DisplayName("what its path names is no other volume of the same instance")
    void unnamedVolumesAreNoOthers(String volumes, @Nullable String other, String refused) {
        ComposeStack stack = Compose.read(ComposeSource.of(
                "compose.yaml",
                TOP + "    volumes: " + volumes + (other == null ? "" : "\n  beside: {image: a, " + other + "}")
                        + "\n"
                        + "volumes: {data: , x: , called: {name: d}, host: {driver_opts: {o: bind, device:"
                        + " /srv}}}\n"));
        assertThat(stack.findings())
                .filteredOn(ComposeFinding::refuses)
                .extracting(ComposeFinding::words)
                .satisfies(words -> assertThat(words.isEmpty()).isEqualTo(refused.isEmpty()))
                .allMatch(words -> words.contains(" would be the volume "))
                .satisfies(words -> assertThat(String.join("\n", words)).contains(refused));
    }

    @Test
    @DisplayName("what is beside the file is looked at once for each place that it is mounted at, not for each pair")
    void foldersAreLookedAtOnce() {
        int folders = 100;
        AtomicInteger looks = new AtomicInteger();
        StringBuilder text = new StringBuilder("services:\n");
        for (int service = 0; service < 2; service++) {
            text.append("  s").append(service).append(":\n    image: a\n    volumes:\n");
            for (int folder = 0; folder < folders; folder++) {
                String name = "f" + service + "-" + folder;
                text.append("      - ./").append(name).append(":/").append(name).append('\n');
            }
        }
        ComposeStack stack = Compose.read(ComposeSource.of("compose.yaml", text.toString())
                .named("p")
                .along(file -> {
                    looks.incrementAndGet();
                    return null;
                })
                .taking(Set.of(Liberty.FOLDERS_AS_VOLUMES)));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        assertThat(looks).hasValueLessThan(2 * 2 * folders + 10);
    }

    @Test
    @DisplayName(
            "who is on internal networks alone exposes nothing, and a remark says who reaches it; on another one besides it does")
    void internalNetworks() {
        String text = TOP
                + "    networks: [back, front]\n    expose: ['80']\n  db: {image: a, networks: [back], expose: ['5432']}\nnetworks: {back: {internal: true}, front: }\n";
        assertThat(spec(text).path("networks"))
                .hasToString(
                        "[{\"name\":\"shop_back\",\"internal\":true,\"aliases\":[\"web\"]},{\"name\":\"shop_front\",\"aliases\":[\"web\"]}]");
        assertThat(spec(text).path("expose")).hasSize(1);
        ComposeStack stack = Compose.read(ComposeSource.of("compose.yaml", text));
        assertThat(stack.services())
                .filteredOn(service -> service.service().equals("db"))
                .allMatch(service -> !service.spec().has("expose"));
        assertThat(stack.findings())
                .extracting(ComposeFinding::words)
                .contains(
                        "internal: who is on the network back alone reaches, and is reached by, who is on it on the same node, and nobody else",
                        "expose: its networks are internal, and no other node is led into them");
    }

    @Test
    @DisplayName(
            "what plain names do not lead to on other nodes is said: no port that is opened to who shares a network, and nobody of who asks servers of its own")
    void namesOfOtherNodes() {
        String networks = TOP + "%s    networks: [p]\nnetworks: {p: {%s}}\n";
        assertThat(said(networks.formatted("", "external: true, name: proxy"), false))
                .containsExactly(
                        "c.yaml:6:16: external: who of another stack is on the network proxy finds web by its plain name on any node, and reaches on another what is exposed or published there; write expose: for what others connect to");
        for (String opened : List.of("expose: [80]", "expose: []", "ports: ['80:80']")) {
            assertThat(said(networks.formatted("    " + opened + "\n", "external: true"), false))
                    .as(opened)
                    .isEmpty();
        }
        assertThat(said(networks.formatted("", "external: false"), false)).isEmpty();
        assertThat(said(networks.formatted("    dns: 9.9.9.9\n", "external: false"), false))
                .containsExactly(
                        "c.yaml:5:10: dns: it asks whom it names, and no agent: services on other nodes are not found by name; leave it out, where it is to find them; the host's own servers are asked for all other names");
        assertThat(said(TOP + "    dns: [9.9.9.9]\n    network_mode: host\n", false))
                .as("asks no agent without it, too")
                .isEmpty();
    }

    @Test
    @DisplayName("the older way is said with its line, two names are refused, and so is what is neither yes nor no")
    void older() {
        String text = TOP + "    networks: [p]\nnetworks: {p: {%s}}\n";
        assertThat(said(text.formatted("external: {name: net}"), false))
                .containsExactly(
                        "c.yaml:6:16: external: who of another stack is on the network net finds web by its plain name on any node, and reaches on another what is exposed or published there; write expose: for what others connect to",
                        "c.yaml:6:33: external.name is how a name was given before; write external: true, and name: net");
        assertThat(said(text.formatted("name: a, external: {name: b}"), true))
                .containsExactly("c.yaml:6:42: external.name and name say two things; keep name, with external: true");
        assertThat(said(text.formatted("external: maybe"), true))
                .containsExactly("c.yaml:6:26: external is \"maybe\"; give true or false");
        assertThat(said(text.formatted("external: {named: b}"), true))
                .containsExactly("c.yaml:6:27: there is no key \"named\"; did you mean name?");
    }

    @Test
    void overlay() {
        assertThat(said(TOP + "    networks: [p]\nnetworks: {p: {driver: overlay}}\n", false))
                .containsExactly(
                        "c.yaml:6:16: driver: overlay: each node has a network of its own, and what runs on another is found by name; leave it out");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        external: {name: kept} | kept
        external: true         | s
        external: no           | shop.s
        """)
    void secret(String written, String name) {
        assertThat(spec(TOP + "    secrets: [s]\nsecrets: {s: {" + written + "}}\n")
                        .at("/secrets/0/name")
                        .asText())
                .isEqualTo(name);
    }

    @Test
    @DisplayName(
            "a volume that is there already is refused, however that is written; one that says it is not is the service's")
    void volume() {
        String text = TOP + "    volumes: ['v:/v']\nvolumes: {v: {%s}}\n";
        for (String written : List.of("external: {name: w}", "external: on", "external: true")) {
            assertThat(said(text.formatted(written), true))
                    .as(written)
                    .containsExactly(
                            "c.yaml:6:11: the volume v is there already, on a host that this file does not name;"
                                    + " leave external out and copy what is in it, or name its folder on the host: /PATH instead of v");
        }
        assertThat(spec(text.formatted("external: no")).at("/volumes/0/name").asText())
                .isEqualTo("v");
        assertThat(spec(text.formatted("driver: rexray, external: {name: w}"))
                        .at("/volumes/0/name")
                        .asText())
                .isEqualTo("w");
        assertThat(said(TOP + "    configs: [c]\nconfigs: {c: {external: {name: d}}}\n", true))
                .containsExactly(
                        "c.yaml:6:15: external: no configs are kept beside deployments; write content: or file: with what it holds");
    }

    @Test
    @DisplayName("also where the project's name has what a stack's can't have")
    void namesMadeUpOfAnother() {
        String text = TOP.replace("name: shop", "name: my_app")
                + "    volumes: ['a:/a', 'b:/b', 'c:/c']\nvolumes: {a: {name: my_app_a}, b: {name: my-app_b}, c: {name: '${COMPOSE_PROJECT_NAME}_d'}}\n";
        assertThat(spec(text).path("volumes").findValuesAsText("name"))
                .containsExactly("my_app_a", "my-app_b", "my_app_d");
        assertThat(said(text, false))
                .hasSize(2)
                .allMatch(words -> words.contains("_a is what docker compose config writes")
                        || words.contains("_b is what docker compose config writes"));
    }

    @Test
    @DisplayName("of a name that docker compose config makes up it is said that without it this is something else")
    void namesMadeUp() {
        String text = TOP
                + "    volumes: ['data:/data', 'own:/own']\n    secrets: [key, there]\nvolumes: {data: {name: shop_data}, own: {name: kept}}\nsecrets: {key: {name: shop_key}, there: {name: shop_there, external: true}}\n";
        JsonNode spec = spec(text);
        assertThat(spec.path("volumes").findValuesAsText("name")).containsExactly("shop_data", "kept");
        assertThat(spec.at("/secrets/0/name").asText()).isEqualTo("shop_key");
        assertThat(said(text, false))
                .containsExactly(
                        "c.yaml:7:18: name: shop_data is what docker compose config writes where none is given; without it this is data, and not the same; deploy always the file itself, or always what is made of it",
                        "c.yaml:8:16: key has neither file, environment nor external, and is what the server keeps as shop_key; docker compose takes no such secret; write external: true and name: shop_key, which is the same here",
                        "c.yaml:8:17: name: shop_key is what docker compose config writes where none is given; without it this is shop.key, and not the same; deploy always the file itself, or always what is made of it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0440", "\"0440\"", "0o440", "\"440\""})
    @DisplayName(
            "a config and a secret have an owner and a mode, in each of their spellings, and the server takes them")
    void owner(String mode) {
        String text = TOP
                + "    configs: [{source: c, uid: \"103\", gid: 104, mode: %1$s}]\n    secrets: [{source: c, uid: \"103\", gid: 104, mode: %1$s}]\nconfigs: {c: {content: a}}\nsecrets: {c: {external: true}}\n";
        DeploymentSpec spec = ComposeReader.read(ComposeSource.of("c.yaml", text.formatted(mode)))
                .specs()
                .get(0);
        assertThat(spec.templates().get(0).uid()).isEqualTo(103);
        assertThat(spec.templates().get(0).gid()).isEqualTo(104);
        assertThat(spec.templates().get(0).mode()).isIn("440", "0440");
        assertThat(spec.secrets().get(0).uid()).isEqualTo(103);
        assertThat(spec.secrets().get(0).mode())
                .isEqualTo(spec.templates().get(0).mode());
    }

    @Test
    void orRefusedWithTheirPlace() {
        String text = TOP + "    configs: [{source: c, uid: app, mode: rw}]\nconfigs: {c: {content: a}}\n";
        assertThat(said(text, true))
                .containsExactly(
                        "c.yaml:5:32: uid is \"app\"; give a whole number",
                        "c.yaml:5:43: mode is \"rw\"; give three octal digits such as 0440");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        256  | mode is 256, with no 0 before it, which is 0400 to Compose; write 0400, or 0256 if that is meant
        420  | mode is 420, with no 0 before it, which is 0644 to Compose; write 0644, or 0420 if that is meant
        440  | mode is 440, with no 0 before it, which is 0670 to Compose; write 0670, or 0440 if that is meant
        288  | mode is 288, with no 0 before it, which is 0440 to Compose; write 0440
        64   | mode is 64, with no 0 before it, which is 0100 to Compose; write 0100
        777  | mode is 777, with no 0 before it, which is 01411 to Compose; write 0777
        9999 | mode is "9999"; give three octal digits such as 0440
        01777 | mode is "01777"; give three octal digits such as 0440
        '"288"' | mode is "288"; give three octal digits such as 0440
        """)
    @DisplayName(
            "a number with no 0 before it is one thing to Compose and another to who typed it, and is neither here")
    void decimalMode(String mode, String words) {
        String files = TOP + "    configs: [{source: c, mode: %s}]\nconfigs: {c: {content: a}}\n";
        assertThat(said(files.formatted(mode), true)).containsExactly("c.yaml:5:33: " + words);
        String secrets = TOP + "    secrets: [{source: c, mode: %s}]\nsecrets: {c: {external: true}}\n";
        assertThat(said(secrets.formatted(mode), true)).containsExactly("c.yaml:5:33: " + words);
        assertThat(said(
                        "{name: s, services: {a: {image: a, secrets: [{source: c, mode: " + mode
                                + "}]}}, secrets: {c: {external: true}}}",
                        true))
                .as("braces alone are no JSON")
                .containsExactly("c.yaml:1:64: " + words);
    }

    @ParameterizedTest
    @CsvSource({"256, 0400", "420, 0644", "365, 0555", "511, 0777", "64, 0100", "'\"0400\"', 0400", "'\"256\"', 256"})
    @DisplayName("in JSON, where a program wrote it, it is the number that it is; a text is octal there, too")
    void modeInJson(String mode, String octal) {
        JsonNode spec = spec(
                "{\"name\": \"s\", \"services\": {\"a\": {\"image\": \"a\", \"secrets\": [{\"source\": \"c\", \"mode\": "
                        + mode + "}]}}, \"secrets\": {\"c\": {\"external\": true}}}");
        assertThat(spec.at("/secrets/0/mode").asText()).isEqualTo(octal);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        01777    | mode=1777
        '"1777"' | mode=1777
        0o700    | mode=700
        0700     | mode=700
        """)
    void modeInMemory(String mode, String option) {
        String text = TOP + "    volumes: [{type: tmpfs, target: /t, tmpfs: {mode: %s}}]\n";
        assertThat(spec(text.formatted(mode)).at("/tmpfs/0").asText()).isEqualTo("/t:" + option);
        assertThat(said(text.formatted("1023"), true))
                .containsExactly(
                        "c.yaml:5:55: mode is 1023, with no 0 before it, which is 01777 to Compose; write 01777, or 01023 if that is meant");
        assertThat(said(text.formatted("1777"), true))
                .containsExactly(
                        "c.yaml:5:55: mode is 1777, with no 0 before it, which is 03361 to Compose; write 01777");
        assertThat(spec("{\"name\": \"s\", \"services\": {\"a\": {\"image\": \"a\", \"volumes\": [{\"type\": \"tmpfs\","
                                + " \"target\": \"/t\", \"tmpfs\": {\"mode\": 1023}}]}}}")
                        .at("/tmpfs/0")
                        .asText())
                .isEqualTo("/t:mode=1777");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        gpus: [{count: 1}, {count: 2}] | 3
        'deploy: {resources: {reservations: {devices: [{count: 1, capabilities: [gpu]}, {count: 1, capabilities: [compute]}]}}}' | 2
        'gpus: [{count: 2}, {count: 1}]\n    deploy: {resources: {reservations: {devices: [{count: 3, capabilities: [gpu]}]}}}' | 3
        """)
    @DisplayName("accelerators of several entries are added up")
    void accelerators(String written, int many) {
        assertThat(spec(TOP + "    " + written.replace("\\n", "\n") + "\n")
                        .at("/resources/gpus")
                        .asInt())
                .isEqualTo(many);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        volumes: ['./run.sh:/run.sh:ro']                         | 0755 | c.yaml:6:15: the file ./run.sh is sent along as it is now and, for it begins with #!, with the mode 0755, for a node has it not; deploy again when it changes
        volumes: ['./c.conf:/c.conf:ro']                         |      | c.yaml:6:15: the file ./c.conf is sent along as it is now, for a node has it not; deploy again when it changes
        configs: [script]                                        | 0755 | c.yaml:6:15: the file ./run.sh begins with #!, and may be run: its mode is 0755; write mode: with another, behind source:
        configs: [{source: script, uid: '7'}]                    | 0755 | c.yaml:6:15: the file ./run.sh begins with #!, and may be run: its mode is 0755; write mode: with another, behind source:
        configs: [{source: script, mode: 0500}]                  | 0500 | ''
        configs: [conf]                                          |      | ''
        configs: [inline]                                        |      | ''
        """)
    @DisplayName(
            "a script beside the file may be run, though of its mode nothing is known; what Compose itself writes not")
    void scripts(String written, @Nullable String mode, String remark) {
        ComposeSource source = ComposeSource.of(
                        "c.yaml",
                        TOP + "    restart: always\n    " + written
                                + "\nconfigs: {script: {file: ./run.sh}, conf: {file: ./c.conf}, inline: {content: '#!/bin/sh'}}\n")
                .along(file -> file.equals("./run.sh") ? "#!/bin/sh\nexec true\n" : "a #!\n");
        ComposeReader.Read read = ComposeReader.read(source);
        assertThat(read.specs().get(0).templates())
                .singleElement()
                .satisfies(file -> assertThat(file.mode()).isEqualTo(mode == null ? "0644" : mode));
        assertThat(read.stack().findings().stream().map(ComposeFinding::toString))
                .isEqualTo(remark.isEmpty() ? List.of() : List.of(remark));
    }

    @ParameterizedTest
    @ValueSource(strings = {"    ports: !reset []\n", "    ports: !override ['80']\n", "include: [other.yaml]\n"})
    @DisplayName("what other files are needed for is refused with the way to have them merged")
    void ofSeveralFiles(String written) {
        assertThat(said(TOP + written, true))
                .singleElement()
                .asString()
                .contains("docker compose config --no-path-resolution --format json | knit deploy -");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        volumes: ['/srv:/srv:ro,Z']  | c.yaml:5:15: Z: labels of SELinux are its host's to set; where a host has it, label the folder there: chcon -Rt container_file_t
        volumes: ['/srv:/srv:z']     | c.yaml:5:15: z: labels of SELinux are its host's to set; where a host has it, label the folder there: chcon -Rt container_file_t
        volumes: ['/srv:/s:cached']  | c.yaml:5:15: cached: nodes run Linux, where it has no meaning; leave it out
        volumes: ['v:/s:delegated']  | c.yaml:5:15: delegated: nodes run Linux, where it has no meaning; leave it out
        depends_on: [checked, plain] | c.yaml:5:18: it waits until checked is healthy, not only until it has started
        secrets: [empty]             | c.yaml:10:82: empty has neither file, environment nor external, and is what the server keeps as shop.empty; docker compose takes no such secret; write external: true and name: shop.empty, which is the same here
        """)
    @DisplayName("what has no meaning here, or another one, is said in each of its spellings")
    void spoken(String written, String remark) {
        assertThat(said(REST.formatted(written), true)).isEmpty();
        assertThat(said(REST.formatted(written), false))
                .filteredOn(line -> !line.contains("find each other") && !line.contains("is named by"))
                .containsExactly(remark);
    }

    private static final String REST = TOP + """
                %s
              checked: {image: a, healthcheck: {test: a}, ports: ['80:80']}
              plain: {image: a, ports: ['81:81']}
            volumes: {v: }
            configs: {c: {content: a, file: ./c}, e: {environment: A, content: b}}
            secrets: {s: {file: ./s, environment: S}, x: {external: true, file: ./s}, empty: {}}
            """.indent(0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        env_file: [{path: e, required: false, format: foo}] | format is "foo"; give raw, or leave it out
        configs: [c]                                        | content and file say two things of what is in it; keep one of them
        configs: [e]                                        | content and environment say two things of what is in it; keep one of them
        secrets: [s]                                        | file and environment say two things of what is in it; keep one of them
        secrets: [x]                                        | file and external say two things of what is in it; keep one of them
        stop_signal: '0'                                    | stop_signal 0 is no signal's name; give its name, such as SIGQUIT
        stop_signal: 33                                     | stop_signal 33 is no signal's name; give its name, such as SIGQUIT
        stop_signal: SIG9                                   | stop_signal SIG9 is no signal's name; give its name, such as SIGQUIT
        stop_signal: SIGTREM                                | stop_signal SIGTREM is no signal's name; give its name, such as SIGQUIT
        """)
    @DisplayName("of two things that a file says neither is passed over")
    void contradictions(String written, String words) {
        assertThat(said(REST.formatted(written), true))
                .singleElement()
                .asString()
                .endsWith(": " + words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        cap_add: [net_admin, CAP_SYS_TIME, cap_net_raw] | /cap_add             | ["NET_ADMIN","CAP_SYS_TIME","CAP_NET_RAW"]
        cap_drop: [all]                                 | /cap_drop            | ["ALL"]
        cap_add: [All]                                  | /cap_add             | ["ALL"]
        stop_signal: sigint                             | /stop/signal         | "SIGINT"
        stop_signal: Quit                               | /stop/signal         | "SIGQUIT"
        stop_signal: 9                                  | /stop/signal         | "SIGKILL"
        stop_signal: '31'                               | /stop/signal         | "SIGSYS"
        stop_signal: 34                                 | /stop/signal         | "SIGRTMIN"
        stop_signal: 37                                 | /stop/signal         | "SIGRTMIN+3"
        stop_signal: rtmin+3                            | /stop/signal         | "SIGRTMIN+3"
        stop_signal: 49                                 | /stop/signal         | "SIGRTMIN+15"
        stop_signal: 50                                 | /stop/signal         | "SIGRTMAX-14"
        stop_signal: 64                                 | /stop/signal         | "SIGRTMAX"
        stop_signal: cld                                | /stop/signal         | "SIGCLD"
        configs: [{source: one, target: etc/x}]         | /templates/0/destination | "/etc/x"
        configs: [{source: one, target: /etc/x}]        | /templates/0/destination | "/etc/x"
        """)
    @DisplayName("what Docker takes in several spellings is taken in each, and the server takes it")
    void spellings(String written, String field, String value) {
        String text = TOP + "    " + written + "\nconfigs: {one: {content: a}}\n";
        assertThat(spec(text).at(field)).hasToString(value);
        assertThat(ComposeReader.read(ComposeSource.of("c.yaml", text)).specs()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        command: run 'a\\$$b' "c\\nd"                          | /args                | ["run","a\\\\$b","c\\\\nd"]
        command: [run, null, ~]                              | /args                | ["run","",""]
        extra_hosts: ['h:[::1]', 'i=[fd00::1]']              | /extra_hosts         | ["h:::1","i:fd00::1"]
        ports: ['53:53/UDP']                                 | /ports/0/protocol    | "udp"
        ports: [{target: 53, published: '53', protocol: UDP}] | /ports/0/protocol   | "udp"
        expose: ['53/UDP']                                   | /expose/0/protocol   | "udp"
        networks: [Front]                                    | /networks/0/name     | "shop_front"
        security_opt: ['label:disable']                      | /security_opt        | ["label=disable"]
        cpus: 0.0101                                         | /resources/cpu       | 0.011
        cpus: 1.0001                                         | /resources/cpu       | 1.001
        deploy: {update_config: {parallelism: 0}}            | /update/max_parallel | 1000
        deploy: {update_config: {delay: 10s, monitor: 5s}}   | /update/min_healthy  | "10s"
        deploy: {update_config: {delay: 5s, monitor: 10s}}   | /update/min_healthy  | "10s"
        deploy: {restart_policy: {condition: any, delay: 0s}} | /restart            | {"condition":"always"}
        deploy: {restart_policy: {condition: none, max_attempts: 3}} | /restart     | {"condition":"never"}
        """)
    @DisplayName("what a value comes to, in the spellings and bounds that Compose has")
    void values(String written, String field, String value) {
        String text = TOP + "    " + written + "\nnetworks: {Front: }\n";
        assertThat(spec(text).at(field)).hasToString(value);
        assertThat(ComposeReader.read(ComposeSource.of("c.yaml", text)).specs()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        A='b'        | raw    | 'b'
        A="$SET"     | raw    | "$SET"
        A= b #c      | raw    | b #c
        A="x\\$SET" |        | x$SET
        A="x$SET"    |        | xgiven
        A='x$SET'    |        | x$SET
        SET=own;A=$SET |      | given
        OWN=own;A=$OWN |      | own
        """)
    @DisplayName(
            "a file of variables of a service: as it stands, with quotes, and with variables, of which those given go first")
    void envFile(String lines, @Nullable String format, String value) {
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "c.yaml",
                        TOP + "    env_file: [{path: e" + (format == null ? "" : ", format: " + format) + "}]\n")
                .with(Map.of("SET", "given"))
                .along(file -> lines.replace(';', '\n') + "\n"));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        assertThat(stack.services().get(0).spec().at("/env/A").asText()).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"80:80", "0.0.0.0:80:80", "[::]:80:80"})
    @DisplayName("what is published on all addresses is on the mesh, and is not exposed again")
    void publishedIsExposed(String port) {
        String text = TOP + "    expose: [80]\n    ports: ['" + port + "']\n";
        assertThat(spec(text).has("expose")).isFalse();
        assertThat(said(text, false))
                .containsExactly("c.yaml:5:14: expose: 80/tcp is a port of its node already; leave it out");
    }

    @Test
    @DisplayName("two places that say two numbers are refused, and so is less than none")
    void acceleratorsRefused() {
        assertThat(said(
                        TOP
                                + "    gpus: [{count: 1}]\n    deploy: {resources: {reservations: {devices: [{count: 2, capabilities: [gpu]}]}}}\n",
                        true))
                .containsExactly("c.yaml:5:13: gpus and deploy.resources say two things; keep deploy.resources");
        assertThat(said(TOP + "    gpus: [{count: 3}, {count: -2}]\n", true))
                .containsExactly("c.yaml:5:32: count is \"-2\"; give how many");
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.50, true", "2, 2.0, true", "0.5, 0.51, false"})
    @DisplayName("an amount in two places is the same, however many zeros stand behind it")
    void amounts(String own, String deployed, boolean same) {
        assertThat(said(
                        TOP + "    cpus: " + own + "\n    deploy: {resources: {limits: {cpus: \"" + deployed
                                + "\"}}}\n",
                        true))
                .hasSize(same ? 0 : 1)
                .allMatch(line -> line.contains("cpus and deploy.resources say two things"));
    }
}
