package io.knit.core.server.http.json;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The part of {@link BadInputTest}'s table that is about where, when and how long something runs. */
final class WrongFields {
    private WrongFields() {}

    static Stream<Arguments> rows() {
        return Stream.of(
                        modes(),
                        cron(),
                        places(),
                        resources(),
                        update(),
                        waits(),
                        WrongProcess.rows(),
                        WrongVolumes.rows(),
                        WrongReads.rows(),
                        WrongParts.rows())
                .flatMap(part -> part);
    }

    private static Stream<Arguments> modes() {
        return Stream.of(
                row("'mode':'golbal'", "invalid_value", "/mode", "did you mean 'global'?"),
                row("'mode':'daemon'", "invalid_value", "/mode", "give one of replicated, global, job, cron"),
                job("'completions':0", "/job/completions", "1 to 1000"),
                job("'parallelism':1001", "/job/parallelism", "1 to 1000"),
                job("'retries':-1", "/job/retries", "0 to 1000"),
                job("'timeout':'soon'", "/job/timeout", "which is no duration"),
                row("'depends_on':'db'", "wrong_type", "/depends_on", "give a list"),
                row("'depends_on':['a']", "invalid_value", "/depends_on/0", "is the deployment itself"));
    }

    private static Stream<Arguments> cron() {
        return Stream.of(
                row("'mode':'cron','cron':{}", "missing_field", "/cron/schedule", "schedule is missing"),
                cron("'schedule':'@daily'", "/cron/schedule", "@daily"),
                cron("'schedule':'0 2 * * *','time_zone':'Europe/Berlni'", "/cron/time_zone", "Europe/Berlin"),
                cron("'schedule':'0 2 * * *','overlap':'replcae'", "/cron/overlap", "did you mean 'replace'?"),
                cron("'schedule':'0 2 * * *','history':21", "/cron/history", "0 to 20"),
                cron("'schedule':'0 2 * * *','catch_up':'721h'", "/cron/catch_up", "0s to 720h"));
    }

    private static Stream<Arguments> places() {
        return Stream.of(
                constraint("'key':'node.arhc','op':'exists'", "/key", "did you mean node.arch?"),
                constraint("'key':'disk','op':'=='", "/op", "did you mean '='?"),
                constraint(
                        "'key':'disk','op':'like','value':'s'", "/op", "=, !=, in, not_in, exists, not_exists, >, <"),
                constraint("'key':'mesh.ip','op':'=','value':'10.54.0.0/33'", "/value", "such as 10.54.0.15"),
                constraint("'key':'disk','op':'=','values':['ssd']", "/values", "give value, or the op in"),
                preference("'key':'mesh.pi','op':'exists'", "/key", "did you mean mesh.ip?"),
                preference("'key':'disk','op':'exist'", "/op", "did you mean 'exists'?"),
                preference("'key':'disk','op':'>','value':'fast'", "/value", "give a number"),
                preference("'key':'disk','op':'exists','values':['ssd']", "/values", "compares with nothing"),
                preference("'key':'disk','op':'exists','weight':101", "/weight", "1 to 100"),
                row("'spread_by':'node.zone'", "invalid_value", "/spread_by", "is no fact of a node"),
                row("'max_per_node':-1", "invalid_value", "/max_per_node", "0 to 1000"),
                row("'strategy':'bin_pack'", "invalid_value", "/strategy", "did you mean 'binpack'?"),
                row("'near':'db'", "wrong_type", "/near", "give a list"),
                row("'near':['a']", "invalid_value", "/near/0", "is the deployment itself"),
                row("'near':['db','db']", "invalid_value", "/near/1", "is given twice"),
                row("'keep_failed':6", "invalid_value", "/keep_failed", "0 to 5"),
                row("'priority':1001", "invalid_value", "/priority", "0 to 1000"),
                row("'preempt':'yes'", "wrong_type", "/preempt", "remove the quotes"),
                row("'stack':'Web Shop'", "invalid_value", "/stack", "is not a DNS label"));
    }

    private static Stream<Arguments> resources() {
        return Stream.of(
                resources("'cpu':0.0001", "/resources/cpu", "at most three digits behind the point"),
                resources("'memory':'2Gi'", "/resources/memory", "did you mean '2GiB'?"),
                resources("'memory':'64MiB','memory_max':'32MiB'", "/resources/memory_max", "less than the 64MiB"),
                resources("'gpus':65", "/resources/gpus", "0 to 64"));
    }

    private static Stream<Arguments> update() {
        return Stream.of(
                update("'max_parallel':0", "/update/max_parallel", "1 to 1000"),
                update("'order':'startfirst'", "/update/order", "did you mean 'start_first'?"),
                update("'min_healthy':'2h'", "/update/min_healthy", "0s to 1h"),
                update("'healthy_deadline':'0s'", "/update/healthy_deadline", "1s to 24h"),
                update("'progress_deadline':'25h'", "/update/progress_deadline", "1s to 24h"),
                update("'canary':1001", "/update/canary", "0 to 1000"),
                row("'update':{'auto_promote':1}", "wrong_type", "/update/auto_promote", "give true or false"),
                update("'on_failure':'roll_back'", "/update/on_failure", "did you mean 'rollback'?"),
                update("'max_failures':-1", "/update/max_failures", "0 to 1000"));
    }

    private static Stream<Arguments> waits() {
        return Stream.of(
                row("'disconnect':{'replace_after':'5s'}", "invalid_value", "/disconnect/replace_after", "12s to 720h"),
                row("'disconnect':{'stop_after':'9s'}", "invalid_value", "/disconnect/stop_after", "10s to 720h"),
                row(
                        "'disconnect':{'reconcile':'keep_orignal'}",
                        "invalid_value",
                        "/disconnect/reconcile",
                        "did you mean 'keep_original'?"));
    }

    private static Arguments job(String fields, String pointer, String words) {
        return row("'mode':'job','job':{" + fields + "}", "invalid_value", pointer, words);
    }

    private static Arguments cron(String fields, String pointer, String words) {
        return row("'mode':'cron','cron':{" + fields + "}", "invalid_value", pointer, words);
    }

    private static Arguments constraint(String fields, String pointer, String words) {
        return row("'constraints':[{" + fields + "}]", "invalid_value", "/constraints/0" + pointer, words);
    }

    private static Arguments preference(String fields, String pointer, String words) {
        return row("'prefer':[{" + fields + "}]", "invalid_value", "/prefer/0" + pointer, words);
    }

    private static Arguments resources(String fields, String pointer, String words) {
        return row("'resources':{" + fields + "}", "invalid_value", pointer, words);
    }

    private static Arguments update(String fields, String pointer, String words) {
        return row("'update':{" + fields + "}", "invalid_value", pointer, words);
    }

    static Arguments row(String fields, String code, String pointer, String words) {
        return Arguments.of(
                ("{'name':'a','image':'x:1'," + fields + "}").replace('\'', '"'),
                code,
                pointer,
                words.replace('\'', '"'));
    }
}
