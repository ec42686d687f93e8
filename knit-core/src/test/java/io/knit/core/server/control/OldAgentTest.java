package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.server.state.WaitWords;
import io.knit.core.spec.Field;
import io.knit.core.spec.SpecTable;
import io.knit.core.spec.Table;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an agent of the first release does with each field that came after it, as docs/api.md has it. */
class OldAgentTest {
    private static final String RUNS = "runs it; the server alone goes by it";

    private static final Pattern UNKNOWN = Pattern.compile("has an agent 0\\.1\\.0 that knows no ([^;]+); upgrade it");

    private static final List<String> ROWS = List.of(
            "'init': false",
            "'no_new_privileges': false",
            "'resources': {'pids': 64}",
            "'resources': {'cpu': 0.5}",
            "'resources': {'memory': '64MiB'}",
            "'resources': {'memory_max': '64MiB'}",
            "'resources': {'gpus': 1}",
            "'health': {'tcp': {'port': 80}}",
            "'restart': {'attempts': 3}",
            "'stop': {'signal': 'SIGQUIT'}",
            "'constraints': [{'key': 'disk', 'op': 'exists'}]",
            "'spread_by': 'zone'",
            "'near': ['db']",
            "'max_per_node': 2",
            "'prefer': [{'key': 'disk', 'op': 'exists'}]",
            "'strategy': 'binpack'",
            "'update': {'max_parallel': 2}",
            "'mode': 'global'",
            "'mode': 'job', 'job': {'completions': 2}",
            "'mode': 'cron', 'cron': {'schedule': '* * * * *'}",
            "'depends_on': ['db']",
            "'priority': 700",
            "'preempt': true",
            "'disconnect': {'replace_after': '2m'}",
            "'disconnect': {'stop_after': '1m'}",
            "'disconnect': {'reconcile': 'keep_original'}",
            "'stack': 'shop'",
            "'entrypoint': ['/entry']",
            "'user': 'app'",
            "'group_add': ['video']",
            "'workdir': '/srv'",
            "'tty': true",
            "'stdin': true",
            "'platform': 'linux/arm64'",
            "'ulimits': {'nofile': '1024'}",
            "'privileged': true",
            "'cap_add': ['NET_ADMIN']",
            "'cap_drop': ['ALL']",
            "'security_opt': ['seccomp=unconfined']",
            "'devices': ['/dev/kvm']",
            "'sysctls': {'net.core.somaxconn': '1024'}",
            "'pid': 'host'",
            "'ipc': 'host'",
            "'read_only': true",
            "'tmpfs': ['/run']",
            "'shm_size': '128MiB'",
            "'network': 'host'",
            "'hostname': 'web'",
            "'dns': ['10.0.0.53']",
            "'extra_hosts': ['db:10.0.0.7']",
            "'networks': [{'name': 'shop'}]",
            "'networks': [{'name': 'shop', 'internal': true}]",
            "'log': {'max_size': '1MiB'}",
            "'volumes': [{'name': 'data', 'destination': '/data'}]",
            "'volumes': [{'name': 'data', 'of': 'app', 'destination': '/data'}]",
            "'volumes': [{'bind': '/mnt', 'destination': '/mnt', 'read_only': true, 'propagation': 'rslave'}]",
            "'env_from': [{'var': 'A'}]",
            "'secrets': [{'name': 'db'}]",
            "'expose': [{'container_port': 5432}]",
            "'ports': [{'container_port': 80, 'host_port': 8080, 'relay': true}]",
            "'ports': [{'container_port': 80, 'relay': true, 'proxy_protocol': true}]",
            "'init_containers': [{'name': 'migrate', 'image': 'tool:1'}]",
            "'sidecars': [{'name': 'log', 'image': 'ship:1'}]",
            "'sidecars': [{'name': 'log', 'image': 'ship:1', 'volumes': [{'name': 'log', 'destination': '/log'}]}]",
            "'sidecars': [{'name': 'log', 'image': 'ship:1', 'volumes': [{'name': 'data', 'of': 'app', 'destination': '/data'}]}]",
            "'sidecars': [{'name': 'log', 'image': 'ship:1', 'volumes': [{'bind': '/mnt', 'destination': '/mnt', 'read_only': true, 'propagation': 'rslave'}]}]",
            "'init_containers': [{'name': 'migrate', 'image': 'tool:1', 'platform': 'linux/arm64'}]",
            "'sidecars': [{'name': 'log', 'image': 'ship:1', 'platform': 'linux/arm64'}]",
            "'keep_failed': 1",
            "'templates': [{'destination': '/a', 'content': '{% for p in ports %}{{ p.host_port }}{% endfor %}'}]",
            "'templates': [{'destination': '/a', 'source': 'a'}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'engine': 'none'}]",
            "'templates': [{'destination': '/a', 'content': '{{ .node.id }}', 'engine': 'go'}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'mode': '0600'}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'uid': 1}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'gid': 1}]",
            "'templates': [{'destination': '/a', 'content': 'A=1', 'env': true}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'delimiters': ['[[', ']]']}]",
            "'templates': [{'destination': '/a', 'content': '{{ service(\\'b\\') }}', 'on_change': 'none'}]",
            "'templates': [{'destination': '/a', 'content': '{{ service(\\'b\\') }}', 'on_change': 'signal', 'signal': 'SIGHUP', 'splay': '2s'}]",
            "'templates': [{'destination': '/a', 'content': '{{ service(\\'b\\') }}', 'on_change': 'exec', 'exec': ['app', '--reload']}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'validate': ['app', '--check']}]",
            "'templates': [{'destination': '/a', 'content': 'a', 'on_missing': 'default'}]",
            "'templates': [{'destination': '/a', 'content': '{{ var(\\'A\\') }}'}]");

    private static DeploymentSpec spec(String fields) {
        String json = "{'name': 'web', 'image': 'web:1', " + fields + "}";
        return new Admission(new TemplateEngine())
                .admit(SpecReader.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
    }

    private static String does(String fields) {
        PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});
        cluster.join(node("n1", Map.of("disk", "ssd")));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("db", "db:1").build(), null));
        cluster.keep(spec(fields));
        cluster.run(new Command.Deploy(spec(fields), null));
        while (cluster.instances("web").isEmpty()) {
            cluster.goOn();
        }
        Instance one = cluster.instances("web").get(0);
        if (one.state() == InstanceState.RUNNING) {
            return RUNS;
        }
        Matcher refused = UNKNOWN.matcher(
                WaitWords.whole(one, cluster.state().waitsOf("web")).reason());
        assertThat(refused.find()).as("%s: %s", fields, one).isTrue();
        return "gets none of it, and who waits says so: knows no `" + refused.group(1) + "`";
    }

    @Test
    void theDocsHaveARowForEach() throws IOException {
        StringBuilder table = new StringBuilder("| given | an agent of 0.1.0 |\n|---|---|\n");
        for (String row : ROWS) {
            table.append("| `")
                    .append(row.replace('\'', '"'))
                    .append("` | ")
                    .append(does(row))
                    .append(" |\n");
        }
        String page = Files.readString(Path.of("..", "docs", "api.md"));
        int from = page.indexOf("<!-- old agents -->");
        assertThat(from).isNotNegative();
        assertThat(page.substring(from, page.indexOf("<!-- end -->", from)))
                .as("copy it into docs/api.md")
                .isEqualTo("<!-- old agents -->\n\n" + table + "\n");
    }

    @Test
    void eachFieldThatIsNewerHasARow() throws IOException {
        Set<String> missing = new TreeSet<>();
        newer("", SpecTable.SPEC, missing);
        for (String row : ROWS) {
            JsonNode json = new ObjectMapper().readTree("{" + row.replace('\'', '"') + "}");
            missing.removeIf(pointer -> !json.at(pointer).isMissingNode());
        }
        assertThat(missing).isEmpty();
    }

    private static void newer(String within, Table<?> table, Set<String> found) {
        for (Field<?> field : table.fields()) {
            String pointer = within + "/" + field.name();
            if (field.since() != null) {
                found.add(pointer);
            }
            if (field.type() == io.knit.core.spec.Type.OBJECT) {
                newer(pointer, field.table(), found);
            }
            if (field.type() == io.knit.core.spec.Type.OBJECTS) {
                newer(pointer + "/0", field.table(), found);
            }
        }
    }

    @Test
    void aTemplateMayHaveWhatItLacks() {
        assertThat(does("'templates': [{'destination': '/a', 'content': '{{ 1 | json }}'}]"))
                .isEqualTo("gets none of it, and who waits says so: knows no `templates.filters`");
        assertThat(does("'templates': [{'destination': '/a', 'content': '{{ 1 | abs }}'}]"))
                .isEqualTo(RUNS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"'restart': {'attempts': 0}", "'resources': {'pids': 0}", "'strategy': 'spread'"})
    void whatIsGivenAsItIsAnywayNeedsNothing(String fields) {
        assertThat(does(fields)).isEqualTo(RUNS);
    }
}
