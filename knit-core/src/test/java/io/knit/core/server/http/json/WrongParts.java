package io.knit.core.server.http.json;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about what runs before a main container or beside it. */
final class WrongParts {
    private static final String INVALID = "invalid_value";

    private WrongParts() {}

    /** Of one that is well otherwise. */
    private static Arguments part(String fields, String code, String pointer, String words) {
        return list("{'name':'a','image':'b'," + fields + "}", code, "/0" + pointer, words);
    }

    private static Arguments list(String parts, String code, String pointer, String words) {
        return WrongFields.row("'init_containers':[" + parts + "]", code, "/init_containers" + pointer, words);
    }

    private static Arguments beside(String sidecars, String code, String pointer, String words) {
        return WrongFields.row("'sidecars':[" + sidecars + "]", code, "/sidecars" + pointer, words);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                WrongFields.row(
                        "'init':[{'name':'a','image':'b'}]",
                        "wrong_type",
                        "/init",
                        "give true or false. What is to run before the container goes into init_containers"),
                WrongFields.row("'init_containers':true", "wrong_type", "/init_containers", "give a list"),
                WrongFields.row("'initContainers':[]", "unknown_field", "/initContainers", "init_containers"),
                list("'migrate'", "wrong_type", "/0", "give an object"),
                list("{'image':'b'}", "missing_field", "/0/name", "name is missing"),
                list("{'name':'a'}", "missing_field", "/0/image", "image is missing"),
                list("{'name':'A_b','image':'b'}", INVALID, "/0/name", "of a-z 0-9 -"),
                list("{'name':'main','image':'b'}", INVALID, "/0/name", "and not main"),
                list("{'name':'a','image':'b:c:d'}", INVALID, "/0/image", "has a wrong"),
                list(
                        "{'name':'a','image':'b'},{'name':'a','image':'c'}",
                        "duplicate_value",
                        "/1/name",
                        "give each init container and each sidecar a name of its own"),
                part("'entrypoint':['a\\u0000']", INVALID, "/entrypoint/0", "NUL"),
                part("'command':'sh -c x'", "wrong_type", "/command", "give a list"),
                part("'args':[1]", "wrong_type", "/args/0", "quote it"),
                part("'env':{'A=B':'c'}", INVALID, "/env/A=B", "without ="),
                part("'env':['A=b']", "wrong_type", "/env", "give an object"),
                part("'user':'a b'", INVALID, "/user", "is no user"),
                part("'workdir':'srv'", INVALID, "/workdir", "is not absolute"),
                part("'timeout':'500ms'", INVALID, "/timeout", "1s to 24h"),
                part("'timeout':10", "wrong_type", "/timeout", "10s"),
                part("'ports':[]", "unknown_field", "/ports", "ports"),
                WrongFields.row("'sidecars':{}", "wrong_type", "/sidecars", "give a list"),
                WrongFields.row("'sidecar':[]", "unknown_field", "/sidecar", "sidecars"),
                beside("'log'", "wrong_type", "/0", "give an object"),
                beside("{'image':'b'}", "missing_field", "/0/name", "name is missing"),
                beside("{'name':'a'}", "missing_field", "/0/image", "image is missing"),
                beside("{'name':'main','image':'b'}", INVALID, "/0/name", "be a sidecar"),
                beside("{'name':'a','image':'b:c:d'}", INVALID, "/0/image", "has a wrong"),
                WrongFields.row(
                        "'init_containers':[{'name':'a','image':'b'}],'sidecars':[{'name':'a','image':'b'}]",
                        "duplicate_value",
                        "/sidecars/0/name",
                        "is given twice"),
                beside("{'name':'a','image':'b','entrypoint':['a\\u0000']}", INVALID, "/0/entrypoint/0", "NUL"),
                beside("{'name':'a','image':'b','command':'sh'}", "wrong_type", "/0/command", "give a list"),
                beside("{'name':'a','image':'b','args':[1]}", "wrong_type", "/0/args/0", "quote it"),
                beside("{'name':'a','image':'b','env':{'A=B':'c'}}", INVALID, "/0/env/A=B", "without ="),
                beside("{'name':'a','image':'b','user':'a b'}", INVALID, "/0/user", "is no user"),
                beside("{'name':'a','image':'b','workdir':'srv'}", INVALID, "/0/workdir", "is not absolute"),
                beside("{'name':'a','image':'b','timeout':'1m'}", "unknown_field", "/0/timeout", "timeout"),
                beside(
                        String.join(
                                ",",
                                IntStream.range(0, 9)
                                        .mapToObj(i -> "{'name':'a" + i + "','image':'b'}")
                                        .toList()),
                        "too_large",
                        "",
                        "give 8 at most"));
    }
}
