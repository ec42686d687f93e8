package io.knit.core.server.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.core.server.compose.text.ComposeFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a key that a service has, and the one that it extends, too. */
class MergedServicesTest {
    private static final Map<String, String> ALONG =
            Map.of("a.env", "A=a\nB=a\n", "b.env", "B=b\n", "c.env", "A=c\nB=c\n");
    private static final String REST = """
              db: {image: db, healthcheck: {test: a}}
              mail: {image: mail}
            networks: {n: {}, m: {}}
            volumes: {v: {}, w: {}}
            configs: {c: {content: c}, d: {content: d}}
            secrets: {s: {external: true}, t: {external: true}}
            """;

    /** The one that is extended is in a file of its own, so that nothing comes of it but what is merged. */
    private static ComposeStack read(String base, String over) {
        String text =
                "name: shop\nservices:\n  web: {extends: {file: base.yaml, service: base}, " + over + "}\n" + REST;
        String other = "services: {base: {image: a, " + base + "}}\n";
        return Compose.read(
                ComposeSource.of("c.yaml", text).along(file -> file.equals("base.yaml") ? other : ALONG.get(file)));
    }

    private static JsonNode spec(String base, String over) {
        ComposeStack stack = read(base, over);
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack.services().stream()
                .filter(each -> each.service().equals("web"))
                .findFirst()
                .orElseThrow()
                .spec();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            '53:53/tcp'                | '53:53/udp'              | 53:53/tcp 53:53/udp
            '80:80'                    | '8080:80'                | 80:80 8080:80
            '127.0.0.1:80:80'          | '80:80'                  | 127.0.0.1:80:80 80:80
            '80:80'                    | '81:81'                  | 80:80 81:81
            '80:80'                    | '80:80/tcp'              | 80:80/tcp
            '80:80'                    | '0.0.0.0:80:80'          | 80:80
            '80:80'                    | {target: 80, published: 80, protocol: tcp} | 80:80/tcp
            '[::1]:80:80'              | {target: 80, published: 80, host_ip: '::1'} | ::1:80:80
            {target: 53, protocol: tcp} | {target: 53, protocol: udp} | 53/tcp 53/udp
            {target: 80, published: 80} | {target: 80, published: 8080} | 80:80 8080:80
            '127.0.0.1::80'            | 80                       | 127.0.0.1:80 80
            """, quoteCharacter = '`')
    @DisplayName("a port is another where its address, either number or its protocol is another")
    void ports(String base, String over, String ports) {
        JsonNode found = spec("ports: [" + base + "]", "ports: [" + over + "]").path("ports");
        assertThat(StreamSupport.stream(found.spliterator(), false).map(MergedServicesTest::port))
                .containsExactly(ports.split(" "));
    }

    private static String port(JsonNode port) {
        String ip = port.path("host_ip").asText();
        return (ip.equals("0.0.0.0") ? "" : ip + ":")
                + (port.has("host_port") ? port.path("host_port").asText() + ":" : "")
                + port.path("container_port").asText()
                + (port.has("protocol") ? "/" + port.path("protocol").asText() : "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            dns: 10.0.0.1                     | dns: [10.0.0.2]                   | dns         | ["10.0.0.1","10.0.0.2"]
            dns: [10.0.0.1]                   | dns: 10.0.0.2                     | dns         | ["10.0.0.1","10.0.0.2"]
            dns: 10.0.0.1                     | dns: 10.0.0.2                     | dns         | ["10.0.0.1","10.0.0.2"]
            dns: 10.0.0.1                     | dns: 10.0.0.1                     | dns         | ["10.0.0.1"]
            tmpfs: /run                       | tmpfs: [/tmp]                     | tmpfs       | ["/run","/tmp"]
            tmpfs: [/run, /tmp]               | tmpfs: '/run:size=1m'             | tmpfs       | ["/run:size=1m","/tmp"]
            tmpfs: [/run/, /tmp]              | tmpfs: '/run:size=1m'             | tmpfs       | ["/run:size=1m","/tmp"]
            volumes: [/data/]                 | volumes: ['v:/data']              | volumes     | [{"name":"v","destination":"/data"}]
            env_file: a.env                   | env_file: [b.env]                 | env         | {"A":"a","B":"b"}
            env_file: [a.env]                 | env_file: b.env                   | env         | {"A":"a","B":"b"}
            env_file: a.env                   | env_file: {path: b.env}           | env         | {"A":"a","B":"b"}
            env_file: [a.env, c.env]          | env_file: {path: a.env}           | env         | {"A":"c","B":"c"}
            label_file: a.env                 | label_file: b.env                 | labels      | {"A":"a","B":"b"}
            extra_hosts: ['a:10.0.0.1']       | extra_hosts: {b: 10.0.0.2}        | extra_hosts | ["a:10.0.0.1","b:10.0.0.2"]
            extra_hosts: {a: 10.0.0.1}        | extra_hosts: ['b=::1']            | extra_hosts | ["a:10.0.0.1","b:::1"]
            extra_hosts: {a: 10.0.0.1}        | extra_hosts: ['a:10.0.0.1', 'a:10.0.0.2'] | extra_hosts | ["a:10.0.0.1","a:10.0.0.2"]
            extra_hosts: ['a=10.0.0.1']       | extra_hosts: ['a:10.0.0.1']       | extra_hosts | ["a:10.0.0.1"]
            extra_hosts: {a: [10.0.0.1]}      | extra_hosts: {a: 10.0.0.2}        | extra_hosts | ["a:10.0.0.1","a:10.0.0.2"]
            environment: [A=a, B=b]           | environment: {B: c}               | env         | {"A":"a","B":"c"}
            environment: {A: a, B: b}         | environment: [B=c]                | env         | {"A":"a","B":"c"}
            environment: {A: a}               | environment: {A: }                | env         | null
            labels: [a=a]                     | labels: {b: c}                    | labels      | {"a":"a","b":"c"}
            labels: {labels: a, command: a}   | labels: {labels: b, environment: c} | labels    | {"labels":"b","command":"a","environment":"c"}
            environment: {networks: a}        | environment: [networks=b]         | env         | {"networks":"b"}
            deploy: {labels: [a=a]}           | deploy: {labels: {b: c}}          | labels      | {"a":"a","b":"c"}
            sysctls: [net.a=1]                | sysctls: {net.b: 2}               | sysctls     | {"net.a":"1","net.b":"2"}
            volumes: [/data]                  | volumes: ['v:/data']              | volumes     | [{"name":"v","destination":"/data"}]
            volumes: ['v:/data', '/srv:/srv'] | volumes: [{source: w, target: /data}] | volumes | [{"name":"w","destination":"/data"},{"bind":"/srv","destination":"/srv"}]
            devices: ['/dev/a:/dev/c:r']      | devices: ['/dev/b:/dev/c', /dev/d] | devices    | ["/dev/b:/dev/c","/dev/d"]
            devices: [/dev/a]                 | devices: [{source: /dev/b, target: /dev/a}] | devices | ["/dev/b:/dev/a"]
            secrets: [s]                      | secrets: [{source: t, target: s}] | secrets     | [{"name":"t","target":"s"}]
            configs: [{source: c, target: /a}] | configs: [{source: c, target: /b}] | templates | [{"destination":"/a","content":"c"},{"destination":"/b","content":"c"}]
            configs: [c]                      | configs: [{source: d, target: /c}] | templates  | [{"destination":"/c","content":"d"}]
            cap_add: [A, B]                   | cap_add: [B, C]                   | cap_add     | ["A","B","C"]
            logging: {driver: json-file, options: {max-size: 1m}} | logging: {driver: local} | log | {"driver":"local"}
            logging: {options: {max-size: 1m}} | logging: {driver: local}         | log         | {"driver":"local","max_size":1048576}
            ulimits: {nofile: 1024}           | ulimits: {nofile: {soft: 1, hard: 2}, nproc: 3} | ulimits | {"nofile":"1:2","nproc":"3"}
            user: app                         | user:                             | user        | "app"
            command: [a, b]                   | command: [c]                      | args        | ["c"]
            command: [a, b]                   | command:                          | args        | null
            healthcheck: {test: [CMD, a]}     | healthcheck: {test: [CMD, b]}     | health.exec | ["b"]
            gpus: [{count: 1}]                | gpus: [{count: 1}]                | resources.gpus | 2
            """)
    @DisplayName("as the Compose Specification says for each key, in whichever spelling the two have it")
    void keys(String base, String over, String field, String json) {
        JsonNode found = spec(base, over).at("/" + field.replace('.', '/'));
        assertThat(found.isMissingNode() ? "null" : found.toString()).isEqualTo(json);
    }

    @Test
    @DisplayName(
            "what is depended on, and networks: a name in a list says how it is waited for, and of a network nothing")
    void names() {
        assertThat(spec(
                                "depends_on: {db: {condition: service_completed_successfully}}, networks: {n: {aliases: [a]}}",
                                "depends_on: [db, mail], networks: [n, m]")
                        .path("networks"))
                .hasToString(
                        "[{\"name\":\"shop_n\",\"aliases\":[\"web\",\"a\"]},{\"name\":\"shop_m\",\"aliases\":[\"web\"]}]");
        assertThat(jobs("depends_on: [db]", "depends_on: {mail: {condition: service_completed_successfully}}"))
                .containsExactly("mail");
        assertThat(jobs("depends_on: {db: {condition: service_completed_successfully}}", "depends_on: [mail]"))
                .containsExactly("db");
        assertThat(jobs("depends_on: {db: {condition: service_completed_successfully}}", "depends_on: [db]"))
                .isEmpty();
        assertThat(jobs("depends_on: {db: {condition: service_completed_successfully}}", "depends_on: {db: }"))
                .containsExactly("db");
    }

    private static Stream<String> jobs(String base, String over) {
        ComposeStack stack = read(base, over);
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        return stack.services().stream()
                .filter(each -> each.spec().path("mode").asText().equals("job"))
                .map(ComposeService::service);
    }

    @Test
    @DisplayName("what is neither a list nor a map is refused as it is without extends")
    void refused() {
        for (ComposeStack stack : List.of(
                read("environment: {A: a}", "environment: a"),
                read("environment: a", "environment: {A: a}"),
                read("environment: a", "environment: [A=a]"))) {
            assertThat(stack.findings())
                    .anyMatch(finding -> finding.refuses() && finding.words().equals("environment is \"a\""));
        }
    }

    private static final Map<String, String> FOLDERS = Map.ofEntries(
            Map.entry("base.yml", "services: {base: {image: here}}"),
            Map.entry(".env", "A=here\n"),
            Map.entry("./app.conf", "here"),
            Map.entry("sub/base.yml", """
                    services:
                      base:
                        extends: {file: root/root.yml, service: root}
                        env_file: [.env, {path: ./more.env}]
                        label_file: .env
                        volumes: ['./app.conf:/app.conf:ro', {type: bind, source: ../up.conf, target: /up.conf, read_only: true}, '/srv:/srv', 'v:/v']
                      alone: {image: a, env_file: none.env}
                      near: {extends: base}
                    """),
            Map.entry(
                    "sub/root/root.yml",
                    "services: {root: {image: root, env_file: ../../.env, volumes: ['.d:/d:ro']}}"),
            Map.entry("sub/.env", "B=sub\n"),
            Map.entry("./sub/more.env", "C=sub\n"),
            Map.entry("./sub/app.conf", "sub"),
            Map.entry("./sub/../up.conf", "up"),
            Map.entry("./sub/root/.d", "d"),
            Map.entry("sub/root/../../.env", "A=up\n"));

    @ParameterizedTest
    @CsvSource({"sub/base.yml, base", "./sub/base.yml, base", "sub/base.yml, near"})
    @DisplayName("paths in a file that is extended lead from its own folder, over as many files as there are")
    void paths(String file, String service) {
        ComposeStack stack = Compose.read(ComposeSource.of(
                        "/home/me/compose.yaml",
                        "name: shop\nservices: {web: {extends: {file: " + file + ", service: " + service
                                + "}, volumes: ['./app.conf:/own.conf:ro']}}\nvolumes: {v: {}}\n")
                .along(name -> FOLDERS.get(name.equals("./sub/base.yml") ? "sub/base.yml" : name)));
        assertThat(stack.findings()).noneMatch(ComposeFinding::refuses);
        JsonNode spec = stack.services().get(0).spec();
        assertThat(spec.path("image").asText()).isEqualTo("root");
        assertThat(spec.path("env")).hasToString("{\"A\":\"up\",\"B\":\"sub\",\"C\":\"sub\"}");
        assertThat(spec.path("labels")).hasToString("{\"B\":\"sub\"}");
        assertThat(spec.path("templates"))
                .hasToString(
                        "[{\"destination\":\"/d\",\"content\":\"d\"},{\"destination\":\"/app.conf\",\"content\":\"sub\"},"
                                + "{\"destination\":\"/up.conf\",\"content\":\"up\"},{\"destination\":\"/own.conf\",\"content\":\"here\"}]");
        assertThat(spec.path("volumes"))
                .hasToString("[{\"bind\":\"/srv\",\"destination\":\"/srv\"},{\"name\":\"v\",\"destination\":\"/v\"}]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ../common/a.yml  | env_file: .env                | ../common/.env
            ../common/a.yml  | env_file: ./../x/.env         | ../common/../x/.env
            ../common/a.yml  | 'volumes: ["./c:/c:ro"]'      | ../common/c
            ./../c/./d//a.yml | 'volumes: ["./c:/c:ro"]'     | ../c/d/c
            /opt/c/a.yml     | env_file: .env                | /opt/c/.env
            sub/a.yml        | env_file: /etc/env            | /etc/env
            sub/a.yml        | env_file: ~/env               | ~/env
            sub/a.yml        | 'extends: {file: ../b.yml, service: x}' | sub/../b.yml
            ./a.yml          | env_file: ./.env              | ./.env
            """)
    @DisplayName("what is asked for is the path from the first file's folder")
    void asked(String file, String line, String path) {
        List<String> asked = new ArrayList<>();
        Compose.read(
                ComposeSource.of("c.yaml", "name: s\nservices: {web: {extends: {file: " + file + ", service: base}}}\n")
                        .along(name -> {
                            asked.add(name);
                            return name.equals(file) ? "services: {base: {image: a, " + line + "}}\n" : null;
                        }));
        assertThat(asked.get(asked.size() - 1)).isEqualTo(path);
    }

    @Test
    @DisplayName("what lies beside a file that is named by its whole path is no path of the nodes")
    void whole() {
        ComposeStack stack = Compose.read(
                ComposeSource.of("c.yaml", "name: s\nservices: {web: {extends: {file: /opt/a.yml, service: base}}}\n")
                        .along(name -> "services: {base: {image: a, volumes: ['./c:/c:ro']}}\n"));
        assertThat(stack.findings())
                .filteredOn(ComposeFinding::refuses)
                .first()
                .hasToString(
                        "/opt/a.yml:1:39: volumes: \"./c\" is beside a file that is extended by its whole path; name \"/opt/a.yml\" by its path from the first file's folder");
    }

    @Test
    @DisplayName(
            "a file that is extended may have the name by which the first is called, and the first may name itself")
    void namedAsTheFirst() {
        String main =
                "name: shop\nservices:\n  web:\n    extends: {file: compose.yaml, service: web}\n    hostname: h\n    restart: always\n";
        String base = "services: {web: {image: 'web:1', env_file: e}}\n";
        Map<String, String> files = Map.of("compose.yaml", base, "e", "A=b\n");
        ComposeStack stack = Compose.read(ComposeSource.of("compose.yaml", main).along(files::get));
        assertThat(stack.findings()).isEmpty();
        assertThat(stack.services().get(0).spec().path("image").asText()).isEqualTo("web:1");
        assertThat(stack.services().get(0).spec().path("env")).hasToString("{\"A\":\"b\"}");

        String below = "services: {web: {image: 'web:1', env_file: e}}\n";
        ComposeStack typed = Compose.read(ComposeSource.of("sub/compose.yaml", main.replace("file: c", "file: sub/c"))
                .along(Map.of("sub/compose.yaml", below, "sub/e", "A=c\n")::get));
        assertThat(typed.findings()).isEmpty();
        assertThat(typed.services().get(0).spec().path("env")).hasToString("{\"A\":\"c\"}");

        ComposeStack wrong = Compose.read(ComposeSource.of("compose.yaml", main)
                .along(Map.of("compose.yaml", base.replace("image", "imag"))::get));
        assertThat(wrong.findings())
                .extracting(Object::toString)
                .anyMatch(words -> words.startsWith("compose.yaml (beside it):1:18: there is no key \"imag\""));

        String self =
                "name: shop\nservices:\n  web: {extends: {file: FILE, service: base}}\n  base: {image: 'web:1', volumes: ['./a:/a:ro']}\n";
        for (String file : List.of("compose.yaml", "/x/compose.yaml")) {
            String text = self.replace("FILE", file);
            for (Map<String, String> around : List.of(Map.of("./a", "a"), Map.of("./a", "a", file, text))) {
                ComposeStack same = Compose.read(ComposeSource.of(file, text).along(around::get));
                assertThat(same.refused()).as("%s", same.findings()).isFalse();
                assertThat(same.services()).hasSize(2);
            }
        }
        assertThat(Compose.read(ComposeSource.of("compose.yaml", main)).findings())
                .extracting(Object::toString)
                .contains("compose.yaml:4:5: web extends itself, over others; leave one extends out");
    }
}
