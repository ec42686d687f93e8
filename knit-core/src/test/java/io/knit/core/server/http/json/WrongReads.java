package io.knit.core.server.http.json;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about what is read of variables, secrets and files. */
final class WrongReads {
    private static final String INVALID = "invalid_value";

    private WrongReads() {}

    static Stream<Arguments> rows() {
        return Stream.of(secrets(), environment(), templates()).flatMap(part -> part);
    }

    private static Arguments secret(String fields, String code, String pointer, String words) {
        return WrongFields.row("'secrets':[{" + fields + "}]", code, "/secrets/0" + pointer, words);
    }

    private static Stream<Arguments> secrets() {
        return Stream.of(
                WrongFields.row("'secrets':['db']", "wrong_type", "/secrets/0", "give an object"),
                secret("'target':'a'", "missing_field", "/name", "name is missing"),
                secret("'name':'-a'", INVALID, "/name", "is no name of a variable, secret or file"),
                secret("'name':'a','target':'b/c'", INVALID, "/target", "has folders"),
                secret("'name':'a','target':'/proc/b'", INVALID, "/target", "lies in /proc"),
                secret("'name':'a','target':'../b'", INVALID, "/target", "has .. in it"),
                secret("'name':'a','mode':'0999'", INVALID, "/mode", "three octal digits"),
                secret("'name':'a','mode':400", "wrong_type", "/mode", "mode"),
                secret("'name':'a','uid':-1", INVALID, "/uid", "uid"),
                secret("'name':'a','gid':'root'", "wrong_type", "/gid", "gid"),
                WrongFields.row(
                        "'secrets':[{'name':'a','target':'x'},{'name':'b','target':'/run/secrets/x'}]",
                        "duplicate_value",
                        "/secrets/1/target",
                        "/run/secrets/x is given twice"),
                mounted("'tmpfs':['/a']", "duplicate_value", "/tmpfs/0", "mounted at '/a' already"),
                mounted("'tmpfs':['/a/b']", INVALID, "/tmpfs/0", "tmpfs: '/a/b' lies below /a, which is a file"),
                mounted(
                        "'volumes':[{'name':'v','destination':'/a/b/c'}]",
                        INVALID,
                        "/volumes/0/destination",
                        "lies below /a"),
                mounted(
                        "'sidecars':[{'name':'s','image':'s:1','volumes':[{'name':'v','destination':'/a/b'}]}]",
                        INVALID,
                        "/sidecars/0/volumes/0/destination",
                        "lies below /a"),
                mounted(
                        "'templates':[{'destination':'/a/b','content':''}]",
                        INVALID,
                        "/templates/0/destination",
                        "lies below /a"),
                WrongFields.row(
                        "'secrets':[{'name':'a','target':'/a/b'}],'templates':[{'destination':'/a','content':''}]",
                        INVALID,
                        "/secrets/0/target",
                        "target '/a/b' lies below /a"),
                WrongFields.row(
                        "'secrets':[{'name':'a','target':'/run/secrets'},{'name':'b'}]",
                        INVALID,
                        "/secrets/1/target",
                        "lies below /run/secrets, which is a file"),
                WrongFields.row(
                        "'templates':[{'destination':'/a','content':''}],'tmpfs':['/a/b']",
                        INVALID,
                        "/tmpfs/0",
                        "lies below /a"));
    }

    private static Arguments mounted(String fields, String code, String pointer, String words) {
        return WrongFields.row("'secrets':[{'name':'a','target':'/a'}]," + fields, code, pointer, words);
    }

    private static Arguments env(String fields, String code, String pointer, String words) {
        return WrongFields.row("'env_from':[{" + fields + "}]", code, "/env_from/0" + pointer, words);
    }

    private static Stream<Arguments> environment() {
        return Stream.of(
                env("", INVALID, "", "names 0 of var, secret and file"),
                env("'var':'a','file':'b'", INVALID, "", "names 2 of var, secret and file"),
                env("'var':'a b'", INVALID, "/var", "is no name of a variable, secret or file"),
                env("'secret':'a b'", INVALID, "/secret", "is no name of a variable, secret or file"),
                env("'file':'/etc/passwd'", INVALID, "/file", "is no name of a variable, secret or file"),
                env("'secret':'a','env':'A=B'", INVALID, "/env", "give 1 to 256"));
    }

    private static Arguments template(String fields, String code, String pointer, String words) {
        return WrongFields.row(
                "'templates':[{'destination':'/d'" + fields + "}]", code, "/templates/0" + pointer, words);
    }

    private static String service(String onChange, String more) {
        return ",'content':'{{ service(\\\"b\\\") | length }}','on_change':'" + onChange + "'" + more;
    }

    private static Stream<Arguments> templates() {
        return Stream.of(
                template(",'content':'x','source':'y'", INVALID, "/source", "both given"),
                template(",'source':'/etc/passwd'", INVALID, "/source", "is no name of a variable, secret or file"),
                template(",'content':'x','engine':'jinja'", INVALID, "/engine", "give one of pebble, go, none"),
                template(
                        ",'content':'a\\n{{ .node.id','engine':'go'",
                        "template_invalid",
                        "/content",
                        "line 2, column 1: this is not closed; write }}"),
                template(
                        ",'content':'{{ range 1000000000 }}{{ end }}','engine':'go'",
                        "template_invalid",
                        "/content",
                        "it loops more than 100000 times"),
                template(
                        ",'content':'{{ secret .env.A }}','engine':'go'",
                        "template_invalid",
                        "/content",
                        "secret takes one name in quotes, as secret \"app\""),
                template(
                        ",'content':'{{ range service \\\"b\\\" }}{{ end }}','engine':'go'",
                        INVALID,
                        "/on_change",
                        "give on_change: signal with signal"),
                template(",'content':'x','mode':'0888'", INVALID, "/mode", "three octal digits, as 0644"),
                template(",'content':'x','uid':-1", INVALID, "/uid", "uid"),
                template(",'content':'x','gid':'root'", "wrong_type", "/gid", "gid"),
                template(",'content':'x','env':'yes'", "wrong_type", "/env", "env"),
                template(
                        ",'content':'A=1\\nexport B=2','env':true",
                        INVALID,
                        "/content",
                        "line 2 of the template is no KEY=value; mend it, or leave out env"),
                template(
                        ",'content':'# x\\n\\nA {{ deployment.name }}','env':true",
                        INVALID,
                        "/content",
                        "line 3 of the template"),
                template(
                        ",'content':'A={{ .node.id }}\\nB','engine':'go','env':true",
                        INVALID,
                        "/content",
                        "line 2 of the template"),
                template(
                        ",'content':'{{ a }}','engine':'none','env':true",
                        INVALID,
                        "/content",
                        "line 1 of the template"),
                template(
                        ",'content':'{{ secret(\\\"db/data/x\\\") }}','on_missing':'wait'",
                        INVALID,
                        "/content",
                        "secret \"db/data/x\" is no name of a variable, secret or file; give 1 to 128"),
                template(
                        ",'content':'{{ var \\\"\\\" }}','engine':'go','on_missing':'default'",
                        INVALID,
                        "/content",
                        "var \"\" is no name"),
                template(",'content':'x','delimiters':'[['", "wrong_type", "/delimiters", "delimiters"),
                template(",'content':'x','delimiters':['[[']", INVALID, "/delimiters", "there are 1; give two"),
                template(",'content':'x','delimiters':['[[','[[']", INVALID, "/delimiters", "both are [["),
                template(
                        ",'content':'x','delimiters':['<%','>>']",
                        INVALID, "/delimiters/0", "is not 2 to 4 of the signs"),
                template(
                        ",'content':'x','delimiters':['[[',']']",
                        INVALID,
                        "/delimiters/1",
                        "is not 2 to 4 of the signs"),
                template(",'content':'x','on_change':'reload'", INVALID, "/on_change", "restart, signal, exec"),
                template(",'content':'x','on_missing':'skip'", INVALID, "/on_missing", "fail, wait, default"),
                template(",'content':'x','validate':'nginx -t'", "wrong_type", "/validate", "give a list"),
                template(",'content':'x','validate':['nginx\\u0000']", INVALID, "/validate/0", "NUL"),
                template(",'content':'x','on_change':'none'", INVALID, "/on_change", "this one reads none"),
                template(
                        ",'content':'{{ service(\\\"b\\\") }}'",
                        INVALID,
                        "/on_change",
                        "give on_change: signal with signal"),
                template(
                        ",'content':'A={{ service(\\\"b\\\") | length }}','on_change':'none','env':true",
                        INVALID,
                        "/on_change",
                        "environment (env)"),
                template(service("signal", ""), INVALID, "/signal", "there is no signal"),
                template(service("signal", ",'signal':'HUP'"), INVALID, "/signal", "did you mean \"SIGHUP\"?"),
                template(service("signal", ",'signal':'SIGRELOAD'"), INVALID, "/signal", "such as \"SIGHUP\""),
                template(service("none", ",'signal':'SIGHUP'"), INVALID, "/signal", "on_change is not signal"),
                template(service("signal", ",'signal':1"), "wrong_type", "/signal", "signal"),
                template(service("exec", ""), INVALID, "/exec", "there is no exec"),
                template(service("none", ",'exec':['true']"), INVALID, "/exec", "on_change is not exec"),
                template(service("exec", ",'exec':['a\\u0000']"), INVALID, "/exec/0", "NUL"),
                template(service("none", ",'splay':'2h'"), INVALID, "/splay", "splay"),
                template(",'content':'x','splay':'2s'", INVALID, "/splay", "follow what they read"),
                template(
                        ",'content':'{{ service(env.A) }}','on_change':'none'",
                        "template_invalid",
                        "/content",
                        "name in quotes, as service"),
                template(
                        ",'content':'{{ service(\\\"A.b.c\\\") }}','on_change':'none'",
                        "template_invalid",
                        "/content",
                        "name in quotes, as service"),
                template(
                        ",'content':'{% for e in service(\\\"b\\\") %}{{ e.adress }}{% endfor %}','on_change':'none'",
                        "template_invalid", "/content", "adress"),
                template(
                        ",'content':'[[ nothing ]]','delimiters':['[[',']]']",
                        "template_invalid",
                        "/content",
                        "line 1, column 4"));
    }
}
