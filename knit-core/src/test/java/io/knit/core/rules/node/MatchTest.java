package io.knit.core.rules.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.Capacity;
import io.knit.api.model.Constraint;
import io.knit.api.model.Constraint.Op;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.api.model.PartSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.SidecarSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchTest {
    private static final Node KNOWN = node(
            "n1",
            Map.of("region", "eu", "ram", "16", "gen", "1.10", "build", "v1.10.2"),
            "docker 20.10.24+dfsg1",
            "10.54.0.15",
            "linux",
            "arm64");

    /** An agent of the first release does not tell its platform; this one is on no mesh either, and its engine has not answered. */
    private static final Node UNKNOWN = node("n2", Map.of(), "", null, "", "");

    private static Node node(
            String id,
            Map<String, String> labels,
            String engine,
            @org.jspecify.annotations.Nullable String meshIp,
            String os,
            String arch) {
        NodeFacts facts = new NodeFacts(
                id + ".example",
                labels,
                new Capacity(2, 1),
                engine,
                "0.1.0",
                meshIp,
                null,
                "",
                List.of(),
                os,
                arch,
                null);
        return new Node(
                id, "i", null, NodeWish.NONE, facts, new NodeJudgement(NodeState.READY, "", Instant.EPOCH, List.of()));
    }

    private static boolean meets(Node node, String key, String op, String values) {
        Op is = Arrays.stream(Op.values())
                .filter(it -> it.word().equals(op))
                .findFirst()
                .orElseThrow();
        return Match.of(new Constraint(
                        key,
                        is,
                        is.takesValue() ? values : null,
                        is.takesValues() ? List.of(values.split(" ")) : List.of()))
                .meets(node);
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "region, =, eu, true",
        "region, =, EU, false",
        "region, !=, eu, false",
        "region, !=, us, true",
        "region, in, us eu, true",
        "region, in, us asia, false",
        "region, not_in, us asia, true",
        "region, not_in, us eu, false",
        "region, exists, '', true",
        "region, not_exists, '', false",
        "ram, >, 8, true",
        "ram, >, 16, false",
        "ram, <, 16.5, true",
        "ram, <, 9, false",
        "ram, >, -1, true",
        // 1.10 is a number here, and less than 1.9
        "gen, <, 1.9, true",
        // and a version here, and more
        "build, >, v1.9, true",
        "build, >, 1.10.1, true",
        "build, >, 1.10.2, false",
        "build, <, 1.10.2.1, true",
        // neither less nor more than what it can't be compared with
        "region, >, 1, false",
        "region, <, 1, false",
        "node.id, =, n1, true",
        "node.id, in, n1 n2, true",
        "node.hostname, =, n1.example, true",
        "node.os, =, linux, true",
        "node.arch, in, amd64 arm64, true",
        "node.arch, !=, arm64, false",
        "node.engine, =, 20.10.24+dfsg1, true",
        "node.engine, >, 20.9, true",
        "node.engine, >, 20.10.5, true",
        "node.engine, <, 20.10.24, false",
        "node.engine, >, 20.10.24, false",
        "node.engine, <, 27, true",
        "mesh.ip, =, 10.54.0.15, true",
        "mesh.ip, =, 10.54.0.0/24, true",
        "mesh.ip, =, 10.54.0.0/28, true",
        "mesh.ip, =, 10.54.0.0/29, false",
        "mesh.ip, =, 10.54.0.16/28, false",
        "mesh.ip, in, 10.55.0.0/16 10.54.0.0/16, true",
        "mesh.ip, not_in, 10.55.0.0/16 fd00::/8, true",
        "mesh.ip, !=, 10.54.0.0/16, false",
        "mesh.ip, exists, '', true"
    })
    void aNodeMeetsIt(String key, String op, String values, boolean meets) {
        assertThat(meets(KNOWN, key, op, values)).isEqualTo(meets);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "region, eu",
        "ram, 3",
        "node.os, linux",
        "node.arch, arm64",
        "node.engine, 20.10",
        "mesh.ip, 10.54.0.0/16"
    })
    void whatIsNotKnownMeetsOnlyWhatWantsItOtherwise(String key, String value) {
        for (Op op : Op.values()) {
            boolean ordered = op == Op.GREATER || op == Op.LESS;
            if (!ordered || !key.equals("mesh.ip")) {
                assertThat(meets(UNKNOWN, key, op.word(), value))
                        .as("%s %s", key, op)
                        .isEqualTo(op == Op.NOT_EQUAL || op == Op.NOT_IN || op == Op.NOT_EXISTS);
            }
        }
    }

    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource({
        "node.id, n1, true",
        "node.id, n2, false",
        "node.arch, arm64, true",
        "node.arch, amd64, false",
        "mesh.ip, 10.54.0.0/24, true",
        "mesh.ip, 10.55.0.0/24, false",
        "region, eu, true",
        "region, us, false"
    })
    void theSelectorIsTheShortFormAndKnowsFactsToo(String key, String value, boolean meets) {
        List<Match> all = Match.allOf(DeploymentSpec.builder("web", "web:1")
                .nodeSelector(key, value)
                .constraint(new Constraint("node.os", Op.EXISTS, null, List.of()))
                .build());
        assertThat(all).hasSize(2);
        assertThat(all.stream().allMatch(match -> match.meets(KNOWN))).isEqualTo(meets);
    }

    @ParameterizedTest
    @CsvSource({
        "linux, amd64, linux/amd64, true",
        "linux, x86_64, linux/amd64, true",
        "linux, amd64, linux/amd64/v2, true",
        "linux, amd64, linux/386, true",
        "linux, 386, linux/amd64, false",
        "linux, amd64, linux/arm64, false",
        "windows, amd64, linux/amd64, false",
        "linux, arm64, linux/arm64/v8, true",
        "linux, aarch64, linux/arm64, true",
        "linux, arm64, linux/arm/v7, false",
        "linux, aarch64, linux/arm, false",
        "linux, arm, linux/arm/v7, true",
        "linux, armv7l, linux/arm/v7, true",
        "linux, arm, linux/arm64, false",
        "linux, riscv64, linux/riscv64, true",
        "'', amd64, linux/amd64, false",
        "linux, '', linux/amd64, false"
    })
    void aNodeIsOfAPlatformWhoseProgramsItsCpuRuns(String os, String arch, String platform, boolean meets) {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .process(ProcessSpec.DEFAULT.on(platform))
                .build();
        Node node = node("n1", Map.of(), "", null, os, arch);
        assertThat(Match.allOf(spec)).hasSize(1).allMatch(match -> match.meets(node) == meets);
    }

    @Test
    void aNodeIsOfThePlatformsOfAllContainersOfAnInstance() {
        DeploymentSpec spec = DeploymentSpec.builder("web", "web:1")
                .process(ProcessSpec.DEFAULT.on("linux/arm64"))
                .initContainer(PartSpec.of("a", "tool:1").on("linux/arm64"))
                .sidecar(SidecarSpec.of("b", "ship:1"))
                .sidecar(SidecarSpec.of("c", "ship:1").on("linux/amd64"))
                .build();
        assertThat(Match.allOf(spec)).hasSize(2);
        assertThat(Match.allOf(spec).get(0).meets(KNOWN)).isTrue();
        assertThat(Match.allOf(spec).get(1).against(KNOWN)).isEqualTo("is linux/arm64, and platform wants linux/amd64");
        assertThat(Match.allOf(spec).get(1).against(UNKNOWN))
                .isEqualTo("has not told its platform, and platform wants linux/amd64");
    }

    @Test
    void anAddressOfTheSixthVersionIsOneHoweverItIsWritten() {
        Node node = node("n1", Map.of(), "", "fd00:0:0::1", "", "");
        assertThat(meets(node, "mesh.ip", "=", "fd00::1")).isTrue();
        assertThat(meets(node, "mesh.ip", "=", "fd00::/16")).isTrue();
        assertThat(meets(node, "mesh.ip", "=", "fe00::/9")).isFalse();
        assertThat(meets(node, "mesh.ip", "=", "0.0.0.0/0")).isFalse();
    }

    @Test
    void aLabelOfPeopleIsStrongerThanTheAgents() {
        Node wished = KNOWN.with(new NodeWish(NodeWish.Availability.ACTIVE, Map.of("region", "us")));
        assertThat(meets(wished, "region", "=", "us")).isTrue();
        assertThat(meets(wished, "ram", "=", "16")).isTrue();
    }

    @Test
    void whatIsAgainstANodeIsSaid() {
        assertThat(Match.of(Constraint.equal("region", "us")).against(KNOWN)).isEqualTo("has region=eu, not region=us");
        assertThat(Match.of(Constraint.equal("disk", "ssd")).against(KNOWN)).isEqualTo("lacks the label disk=ssd");
        assertThat(Match.of(new Constraint("disk", Op.EXISTS, null, List.of())).against(KNOWN))
                .isEqualTo("lacks the label disk, and must have disk exists");
        assertThat(Match.of(new Constraint("ram", Op.GREATER, "32", List.of())).against(KNOWN))
                .isEqualTo("has ram=16, and must have ram > 32");
        assertThat(Match.of(new Constraint("region", Op.NOT_IN, null, List.of("eu", "us")))
                        .against(KNOWN))
                .isEqualTo("has region=eu, and must have region not_in eu, us");
        assertThat(Match.of(Constraint.equal("node.arch", "amd64")).against(UNKNOWN))
                .isEqualTo("has not told node.arch, and must have node.arch = amd64");
        assertThat(Match.of(Constraint.equal("mesh.ip", "10.0.0.0/8")).against(UNKNOWN))
                .isEqualTo("is on no mesh, and must have mesh.ip = 10.0.0.0/8");
    }
}
