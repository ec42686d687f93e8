package io.knit.core.server.http.json;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about what runs before a main container. */
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
                        "give each init container a name of its own"),
                part("'entrypoint':['a\\u0000']", INVALID, "/entrypoint/0", "NUL"),
                part("'command':'sh -c x'", "wrong_type", "/command", "give a list"),
                part("'args':[1]", "wrong_type", "/args/0", "quote it"),
                part("'env':{'A=B':'c'}", INVALID, "/env/A=B", "without ="),
                part("'env':['A=b']", "wrong_type", "/env", "give an object"),
                part("'user':'a b'", INVALID, "/user", "is no user"),
                part("'workdir':'srv'", INVALID, "/workdir", "is not absolute"),
                part("'timeout':'500ms'", INVALID, "/timeout", "1s to 24h"),
                part("'timeout':10", "wrong_type", "/timeout", "10s"),
                part("'ports':[]", "unknown_field", "/ports", "ports"));
    }
}
