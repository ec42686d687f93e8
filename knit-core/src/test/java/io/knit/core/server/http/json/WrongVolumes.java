package io.knit.core.server.http.json;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about volumes. */
final class WrongVolumes {
    private static final String INVALID = "invalid_value";

    private WrongVolumes() {}

    static Stream<Arguments> rows() {
        return Stream.of(kinds(), destinations(), options(), sidecars()).flatMap(part -> part);
    }

    private static Arguments row(String volume, String code, String pointer, String words) {
        return WrongFields.row("'volumes':[{" + volume + "}]", code, "/volumes/0" + pointer, words);
    }

    private static Stream<Arguments> kinds() {
        String to = ",'destination':'/d'";
        return Stream.of(
                WrongFields.row("'volumes':['data:/d']", "wrong_type", "/volumes/0", "give an object"),
                row("'destination':'/d'", INVALID, "", "neither name nor bind"),
                row("'name':'a','bind':'/srv'" + to, INVALID, "", "leave one out"),
                row("'name':'-a'" + to, INVALID, "/name", "starting with a letter or digit"),
                row("'name':'" + "a".repeat(65) + "'" + to, INVALID, "/name", "give 1 to 64"),
                row("'bind':'srv'" + to, INVALID, "/bind", "is not absolute"),
                row("'bind':'/srv/../etc'" + to, INVALID, "/bind", "write the path as it is without"),
                row("'bind':'/srv/'" + to, INVALID, "/bind", "or / at its end"),
                row("'bind':'/a:b'" + to, INVALID, "/bind", "a colon"),
                row(
                        "'bind':'/srv','propagation':'rslaves'" + to,
                        INVALID,
                        "/propagation",
                        "give rslave, slave, rshared"),
                row("'bind':'/srv','propagation':['rslave']" + to, "wrong_type", "/propagation", "give a string"),
                row("'name':'a','propagation':'rslave'" + to, INVALID, "/propagation", "or give bind instead of name"),
                row("'name':'a','of':['app']" + to, "wrong_type", "/of", "give a string"),
                row("'name':'a','of':'A'" + to, INVALID, "/of", "is no deployment"),
                row("'name':'a','of':'a'" + to, INVALID, "/of", "is the deployment itself"),
                row("'bind':'/srv','of':'app'" + to, INVALID, "/of", "or give name instead of bind"),
                row(
                        "'name':'a','of':'app','options':{'type':'tmpfs'}" + to,
                        INVALID,
                        "/of",
                        "leave driver and options out"),
                row("'bind':'/srv','driver':'nfs'" + to, INVALID, "", "has no driver and no options"),
                row("'name':'a','read_only':'yes'" + to, "wrong_type", "/read_only", "remove the quotes"),
                row("'name':'a','driver':'-'" + to, INVALID, "/driver", "give local, or that of a plugin"));
    }

    private static Stream<Arguments> destinations() {
        String name = "'name':'a','destination':";
        return Stream.of(
                row("'name':'a'", "missing_field", "/destination", "destination"),
                row(name + "'d'", INVALID, "/destination", "is not absolute"),
                row(name + "'/'", INVALID, "/destination", "is the root"),
                row(name + "'/a/../b'", INVALID, "/destination", "has .. in it"),
                row(name + "'/sys/a'", INVALID, "/destination", "lies in /"),
                row("'bind':'/proc','destination':'/proc'", INVALID, "/destination", "lies in /"),
                WrongFields.row(
                        "'volumes':[{'name':'a','destination':'/d'},{'name':'b','destination':'/d'}]",
                        "duplicate_value",
                        "/volumes/1/destination",
                        "mounted at '/d' already"),
                WrongFields.row(
                        "'tmpfs':['/d'],'volumes':[{'name':'a','destination':'/d'}]",
                        "duplicate_value",
                        "/volumes/0/destination",
                        "mounted at '/d' already"),
                WrongFields.row(
                        "'templates':[{'destination':'/d','content':'x'}],'volumes':[{'name':'a','destination':'/d/e'}]",
                        INVALID,
                        "/volumes/0/destination",
                        "lies below /d, which is a file"));
    }

    private static Stream<Arguments> options() {
        String name = "'name':'a','destination':'/d','options':";
        return Stream.of(
                row(name + "['a']", "wrong_type", "/options", "give an object"),
                row(
                        name + "{'type':'none','o':'bind','device':'/etc'}",
                        INVALID,
                        "/options/type",
                        "or bind for a folder"),
                row(name + "{'device':'tmpfs'}", INVALID, "/options", "have no type"),
                row(name + "{'type':'nfs','device':'/etc'}", INVALID, "/options/device", "is no nfs share"),
                row(
                        name + "{'type':'nfs','device':':/x','o':'addr=10.0.0.9,bind'}",
                        INVALID,
                        "/options/o",
                        "by which it would be a folder of the host"),
                row(
                        name + "{'type':'cifs','device':'/dev/sda'}",
                        INVALID,
                        "/options/device",
                        "'//host/share' for cifs"),
                row(
                        name + "{'type':'tmpfs','device':'tmpfs','size':'1m'}",
                        INVALID,
                        "/options/size",
                        "is none of device, o, type"),
                WrongFields.row(
                        "'volumes':[{'name':'a','destination':'/d'},{'name':'a','destination':'/e','driver':'x'}]",
                        INVALID,
                        "/volumes/1/name",
                        "with another driver or other options"));
    }

    /** The second of two. */
    private static Arguments beside(String more, String volumes, String code, String pointer, String words) {
        return WrongFields.row(
                more + "'sidecars':[{'name':'a','image':'b'},{'name':'log','image':'ship:1','volumes':[" + volumes
                        + "]}]",
                code,
                "/sidecars/1/volumes" + pointer,
                words);
    }

    /** As those of the main container. */
    private static Stream<Arguments> sidecars() {
        String to = ",'destination':'/d'";
        return Stream.of(
                beside("", "'data:/d'", "wrong_type", "/0", "give an object"),
                beside("", "{'nam':'a'" + to + "}", "unknown_field", "/0/nam", "name"),
                beside("", "{'name':'a'}", "missing_field", "/0/destination", "destination"),
                beside(
                        "",
                        "{'name':'a','read_only':'yes'" + to + "}",
                        "wrong_type",
                        "/0/read_only",
                        "remove the quotes"),
                beside(
                        "",
                        "{'name':'a','driver':'-'" + to + "}",
                        INVALID,
                        "/0/driver",
                        "give local, or that of a plugin"),
                beside("", "{'name':'a','of':'-'" + to + "}", INVALID, "/0/of", "is no deployment"),
                beside("", "{'destination':'/d'}", INVALID, "/0", "neither name nor bind"),
                beside("", "{'bind':'/srv','propagation':'on'" + to + "}", INVALID, "/0/propagation", "give rslave"),
                beside("", "{'name':'a','destination':'/a/../b'}", INVALID, "/0/destination", "has .. in it"),
                beside("", "{'bind':'/srv/../etc'" + to + "}", INVALID, "/0/bind", "write the path as it is without"),
                beside(
                        "",
                        "{'name':'a','options':{'type':'none','o':'bind','device':'/etc'}" + to + "}",
                        INVALID,
                        "/0/options/type",
                        "or bind for a folder"),
                beside(
                        "",
                        "{'name':'a'" + to + "},{'name':'b'" + to + "}",
                        "duplicate_value",
                        "/1/destination",
                        "mounted at '/d' already"),
                beside(
                        "'tmpfs':['/d'],",
                        "{'name':'a'" + to + "}",
                        "duplicate_value",
                        "/0/destination",
                        "mounted at '/d' already"),
                beside(
                        "'templates':[{'destination':'/d','content':'x'}],",
                        "{'name':'a'" + to + "}",
                        "duplicate_value",
                        "/0/destination",
                        "mounted at '/d' already"),
                beside(
                        "'volumes':[{'name':'a','destination':'/e','options':{'type':'tmpfs','device':'tmpfs'}}],",
                        "{'name':'a'" + to + "}",
                        INVALID,
                        "/0/name",
                        "with another driver or other options"),
                WrongFields.row(
                        "'secrets':[{'name':'s','target':'/d'}],'sidecars':[{'name':'a','image':'b','volumes':[{'name':'a'"
                                + to + "}]}]",
                        "duplicate_value",
                        "/secrets/0/target",
                        "a place of its own"),
                beside(
                        "",
                        IntStream.range(0, 33)
                                .mapToObj(i -> "{'name':'a" + i + "','destination':'/d" + i + "'}")
                                .collect(Collectors.joining(",")),
                        "too_large",
                        "",
                        "give 32 at most"));
    }
}
