package io.knit.core.server.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each wrong combination is refused where it is, with what to do. */
class PlaceRulesTest {
    private static DeploymentSpec read(String fields) {
        String body = "{\"name\":\"web\",\"image\":\"web:1\"," + fields.replace('\'', '"') + "}";
        return new Admission(new TemplateEngine()).admit(SpecReader.read(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Arguments row(String fields, String pointer, String words) {
        return Arguments.of(fields, pointer, words);
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                row("'constraints':{}", "/constraints", "constraints is an object; give a list"),
                row("'constraints':[{'op':'exists'}]", "/constraints/0/key", "key is missing"),
                row("'constraints':[{'key':'disk'}]", "/constraints/0/op", "op is missing"),
                row(
                        "'constraints':[{'key':'disk','op':'=='}]",
                        "/constraints/0/op",
                        "op is \"==\"; give one of =, !=, in, not_in, exists, not_exists, >, <"),
                row(
                        "'constraints':[{'key':'disk','op':'exists','value':'ssd'}]",
                        "/constraints/0/value",
                        "value does not go with the op exists, which compares with nothing; remove it"),
                row(
                        "'constraints':[{'key':'disk','op':'not_exists','values':['ssd']}]",
                        "/constraints/0/values",
                        "values does not go with the op not_exists"),
                row(
                        "'constraints':[{'key':'disk','op':'in'}]",
                        "/constraints/0/values",
                        "values is missing or empty: the op in compares with a list"),
                row(
                        "'constraints':[{'key':'disk','op':'in','values':[]}]",
                        "/constraints/0/values",
                        "values is missing or empty"),
                row(
                        "'constraints':[{'key':'disk','op':'not_in','value':'ssd'}]",
                        "/constraints/0/value",
                        "give values: [\"ssd\"]"),
                row(
                        "'constraints':[{'key':'disk','op':'='}]",
                        "/constraints/0/value",
                        "value is missing: the op = compares with one"),
                row(
                        "'constraints':[{'key':'disk','op':'!=','values':['ssd']}]",
                        "/constraints/0/values",
                        "give value, or the op not_in"),
                row(
                        "'constraints':[{'key':'ram','op':'>','value':16}]",
                        "/constraints/0/value",
                        "is a number; quote it: \"16\""),
                row(
                        "'constraints':[{'key':'ram','op':'>','value':'much'}]",
                        "/constraints/0/value",
                        "value \"much\" can't be compared with >; give a number"),
                row(
                        "'constraints':[{'key':'node.acrh','op':'=','value':'arm64'}]",
                        "/constraints/0/key",
                        "\"node.acrh\" is no fact of a node; did you mean node.arch?"),
                row(
                        "'constraints':[{'key':'node.temperature','op':'exists'}]",
                        "/constraints/0/key",
                        "known are node.id, node.hostname, node.os, node.arch, node.engine, mesh.ip"),
                row(
                        "'constraints':[{'key':'mesh.ip','op':'=','value':'10.54.0.0/33'}]",
                        "/constraints/0/value",
                        "is neither an address nor a network"),
                row(
                        "'constraints':[{'key':'mesh.ip','op':'in','values':['10.0.0.0/8','here']}]",
                        "/constraints/0/values/1",
                        "is neither an address nor a network"),
                row(
                        "'constraints':[{'key':'mesh.ip','op':'<','value':'10.0.0.1'}]",
                        "/constraints/0/op",
                        "the op < does not go with mesh.ip"),
                row("'constraints':[{'key':'a b','op':'exists'}]", "/constraints/0/key", "is neither a label's key"),
                row(
                        "'constraints':[{'key':'a','op':'=','value':'x\\u0007'}]",
                        "/constraints/0/value",
                        "has control or half characters"),
                row("'constraints':[{'key':'a','op':'exists','vlaue':'x'}]", "/constraints/0/vlaue", "did you mean"),
                row("'node_selector':{'node.ach':'arm64'}", "/node_selector/node.ach", "did you mean node.arch?"),
                row("'node_selector':{'mesh.ip':'here'}", "/node_selector/mesh.ip", "is neither an address"),
                row("'spread_by':7", "/spread_by", "is a number; quote it"),
                row("'spread_by':'node.zone'", "/spread_by", "is no fact of a node"),
                row("'spread_by':'a b'", "/spread_by", "is neither a label's key nor a fact"),
                row("'max_per_node':-1", "/max_per_node", "max_per_node is -1; give 0 to 1000"),
                row("'priority':1001", "/priority", "priority is 1001; give 0 to 1000"),
                row("'priority':-1", "/priority", "priority is -1; give 0 to 1000"),
                row("'priority':'high'", "/priority", "priority is a string"),
                row("'preempt':'yes'", "/preempt", "remove the quotes"),
                row("'max_per_node':'2'", "/max_per_node", "remove the quotes"),
                row("'prefer':[{'key':'disk','op':'=','value':'ssd','weight':0}]", "/prefer/0/weight", "give 1 to 100"),
                row("'prefer':[{'key':'disk','op':'exists','value':'ssd'}]", "/prefer/0/value", "does not go with"),
                row("'strategy':'random'", "/strategy", "give one of spread, binpack"),
                row("'resources':{'cpu':'0.5'}", "/resources/cpu", "cpu is a string; remove the quotes"),
                row("'resources':{'cpu':0.0001}", "/resources/cpu", "at most three digits behind the point"),
                row("'resources':{'cpu':-1}", "/resources/cpu", "resources.cpu is -1; give 0.01 to 1024, or leave it"),
                row("'resources':{'cpu':1e300}", "/resources/cpu", "can't be reckoned with"),
                row(
                        "'resources':{'memory':'512m'}",
                        "/resources/memory",
                        "memory is \"512m\", which is no size; did you mean \"512MiB\"?"),
                row("'resources':{'memory':'2Gi'}", "/resources/memory", "did you mean \"2GiB\"?"),
                row("'resources':{'memory':'1.5GiB'}", "/resources/memory", "give a whole number with B, KiB"),
                row("'resources':{'memory':true}", "/resources/memory", "give a size such as \"512MiB\""),
                row("'resources':{'memory':1024}", "/resources/memory", "resources.memory is 1KiB; give 6MiB to 64TiB"),
                row("'resources':{'memory_max':'1MiB'}", "/resources/memory_max", "give 6MiB to 64TiB"),
                row(
                        "'resources':{'memory':'64MiB','memory_max':'32MiB'}",
                        "/resources/memory_max",
                        "is 32MiB, less than the 64MiB that resources.memory reserves"),
                row("'resources':{'gpus':1.5}", "/resources/gpus", "give a whole number"),
                row("'resources':{'gpus':65}", "/resources/gpus", "resources.gpus is 65; give 0 to 64"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isRefused(String fields, String pointer, String words) {
        KnitException refused = catchThrowableOfType(KnitException.class, () -> read(fields));
        assertThat(refused).as(fields).isNotNull();
        assertThat(Refusals.of(refused)).hasSize(1);
        assertThat(refused.pointer()).isEqualTo(pointer);
        assertThat(refused.getMessage()).contains(words);
    }

    @Test
    void amountsAreKeptExactly() {
        DeploymentSpec spec = read("'resources':{'cpu':0.125,'memory':'512MiB','memory_max':1073741825,'gpus':1}");
        assertThat(spec.resources().cpu()).isEqualTo(125);
        assertThat(spec.resources().memory()).isEqualTo(512L << 20);
        assertThat(spec.resources().memoryMax()).isEqualTo((1L << 30) + 1);
        assertThat(io.knit.core.spec.SpecJson.of(spec).get("resources").toString())
                .isEqualTo(
                        "{\"pids\":4096,\"cpu\":0.125,\"memory\":\"512MiB\",\"memory_max\":\"1073741825B\",\"gpus\":1}");
        assertThat(read("'resources':{'cpu':0,'memory':0}")
                        .resources()
                        .reserved()
                        .isNone())
                .isTrue();
    }
}
