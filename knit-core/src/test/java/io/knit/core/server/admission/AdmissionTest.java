package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentSpecBuilder;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.core.template.TemplateEngine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must be taken; what must not be stands in the table of wrong requests. */
class AdmissionTest {
    private final Admission admission = new Admission(new TemplateEngine());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nginx",
                "nginx:latest",
                "library/nginx:1.27-alpine_2",
                "localhost/x",
                "localhost:5000/x/y__z/a--b.c:TAG",
                "r.example.com:443/x@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "x:1@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "[2001:db8::1]:5000/x:1",
                "Registry.example.com/x",
                "sha256",
            })
    void takesImages(String image) {
        DeploymentSpec spec = DeploymentSpec.builder("a", image).build();
        assertThat(admission.admit(spec)).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "255.255.255.255",
                "127.0.0.1",
                "::",
                "::1",
                "fe80::1",
                "1:2:3:4:5:6:7:8",
                "1::8",
                "::ffff:10.0.0.1"
            })
    void takesAddresses(String address) {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .port(new PortSpec(address, 80, 80, Protocol.TCP))
                .build();
        assertThat(admission.admit(spec)).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "256.1.1.1",
                "1.1.1",
                "1.1.1.1.1",
                "1.1.1.1.",
                "01.1.1.1",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                ":::",
                "::1::",
                ":1",
                "1:",
                "fe80::1%eth0",
                "g::",
                "[::1]",
                "::1.2.3",
                "1.2.3.4::"
            })
    void refusesWhatIsNoAddress(String address) {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .port(new PortSpec(address, 80, 80, Protocol.TCP))
                .build();
        assertThatThrownBy(() -> admission.admit(spec)).isInstanceOf(KnitException.class);
    }

    @Test
    void takesPortsThatDoNotClash() {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .replicas(1000)
                .port(new PortSpec("10.0.0.1", 80, 80, Protocol.TCP))
                .port(new PortSpec("10.0.0.2", 80, 80, Protocol.TCP))
                .port(new PortSpec("10.0.0.1", 80, 80, Protocol.UDP))
                .port(new PortSpec("10.0.0.1", 81, 80, Protocol.TCP))
                .port(new PortSpec(null, 0, 80, Protocol.TCP))
                .port(new PortSpec("mesh", 65_535, 65_535, Protocol.TCP))
                .build();
        assertThat(admission.admit(spec)).isEqualTo(spec);
    }

    @Test
    void takesTheWildcardsOfBothFamiliesOnOnePort() {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .port(new PortSpec("0.0.0.0", 80, 80, Protocol.TCP))
                .port(new PortSpec("::", 80, 80, Protocol.TCP))
                .port(new PortSpec("0.0.0.0", 81, 80, Protocol.TCP))
                .port(new PortSpec("::1", 81, 80, Protocol.TCP))
                .port(new PortSpec("::", 82, 80, Protocol.TCP))
                .port(new PortSpec("127.0.0.1", 82, 80, Protocol.TCP))
                .build();
        assertThat(admission.admit(spec)).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 127.0.0.1",
        "127.0.0.1, 0.0.0.0",
        "0.0.0.0, mesh",
        "::, ::1",
        "::1, 0:0::0",
        "::, mesh",
        "::, 0::0",
    })
    void refusesWhatAWildcardOfItsFamilyCovers(String one, String other) {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .port(new PortSpec(one, 80, 80, Protocol.TCP))
                .port(new PortSpec(other, 80, 80, Protocol.TCP))
                .build();
        assertThatThrownBy(() -> admission.admit(spec)).hasMessageContaining("given twice for one address");
    }

    /** Keys and values that Traefik, Caddy, Watchtower, Prometheus and others read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "traefik.http.routers.web.tls.domains[0].main",
                "caddy.@ws.0",
                "caddy_0.handle_path./api/*",
                "caddy.header.?Access-Control-Allow-Origin",
                "com.example/with space",
                "-starts-oddly-",
                "ends.",
                "schlüssel",
                "a=b",
                "two\nlines",
                "Knit.upper",
                "knit",
                "knitting.pattern"
            })
    void takesTheLabelsThatDockerTakes(String key) {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .label(key, "first line\n\tsecond: {{ upstreams 80 }}\r\n\u001b[0m" + "x".repeat(10_000))
                .label("empty", "")
                .build();
        assertThat(admission.admit(spec)).isEqualTo(spec);
    }

    @ParameterizedTest
    @CsvSource({"knit.cluster, x, Knit's own", "' ', x, can't be a label's key", "'', x, can't be a label's key"})
    void refusesLabelsThatAreNotTheUsers(String key, String value, String words) {
        DeploymentSpec spec =
                DeploymentSpec.builder("a", "x:1").label(key, value).build();
        assertThatThrownBy(() -> admission.admit(spec)).hasMessageContaining(words);
    }

    @Test
    void aNodesLabelsHaveANarrowerRule() {
        DeploymentSpec spec = DeploymentSpec.builder("a", "x:1")
                .nodeSelector("domains[0]", "x")
                .build();
        assertThatThrownBy(() -> admission.admit(spec)).hasMessageContaining("is not a label's key");
    }

    @Test
    void oneMistakeOrMany() {
        DeploymentSpec one = DeploymentSpec.builder("A", "x:1").build();
        assertThatThrownBy(() -> admission.admit(one)).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.pointer()).isEqualTo("/name");
            assertThat(Refusals.of(e)).containsExactly(e);
        });
        DeploymentSpec two = DeploymentSpec.builder("A", "X").build();
        assertThatThrownBy(() -> admission.admit(two)).isInstanceOfSatisfying(KnitException.class, e -> {
            assertThat(e.pointer()).isEqualTo("/name");
            assertThat(Refusals.of(e)).extracting(KnitException::pointer).containsExactly("/name", "/image");
        });
    }

    /** Java keeps some characters in two halves; one alone would be written as a question mark. */
    @Test
    void refusesHalfACharacterInEveryText() {
        String half = "x\uD83D";
        Map<String, DeploymentSpecBuilder> fields = new LinkedHashMap<>();
        fields.put("/name", DeploymentSpec.builder("a\uD83D", "x:1"));
        fields.put("/image", DeploymentSpec.builder("a", "x:1\uD83D"));
        fields.put("/command/0", spec().command(List.of(half)));
        fields.put("/args/0", spec().args(List.of("\uDE00")));
        fields.put("/env/A", spec().env("A", half));
        fields.put("/env/" + half, spec().env(half, "a"));
        fields.put("/labels/a", spec().label("a", half));
        fields.put("/labels/" + half, spec().label(half, "a"));
        fields.put("/node_selector/a", spec().nodeSelector("a", half));
        fields.put("/registry_auth/username", spec().registryAuth(half, "p"));
        fields.put("/registry_auth/password", spec().registryAuth("u", half));
        fields.put("/ports/0/host_ip", spec().port(new PortSpec(half, 80, 80, Protocol.TCP)));
        fields.put("/templates/0/destination", spec().template("/" + half, "a"));
        fields.put("/templates/0/content", spec().template("/a", half + " \uDE00"));
        fields.forEach((pointer, spec) -> assertThatThrownBy(() -> admission.admit(spec.build()))
                .as(pointer)
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.pointer()).isEqualTo(pointer)));
        DeploymentSpec whole =
                spec().env("A", "\uD83D\uDE00").template("/a", "\uD83D\uDE00").build();
        assertThat(admission.admit(whole)).isEqualTo(whole);
    }

    private static DeploymentSpecBuilder spec() {
        return DeploymentSpec.builder("a", "x:1");
    }
}
