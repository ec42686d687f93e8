package io.knit.core.server.http.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.error.KnitException;
import io.knit.core.wire.asked.HostUsage;
import io.knit.core.wire.asked.UsageText;

/** What instances and nodes use. */
public final class UsageJson {
    private static final double THOUSAND = 1000.0;

    private UsageJson() {}

    public static ObjectNode of(String instance, UsageText usage) {
        return Json.object()
                .put("instance", instance)
                .put("cpus", rounded(usage.cpus()))
                .put("memory_bytes", usage.memory())
                .put("memory_limit_bytes", usage.memoryLimit())
                .put("received_bytes", usage.received())
                .put("sent_bytes", usage.sent())
                .put("read_bytes", usage.read())
                .put("written_bytes", usage.written())
                .put("processes", usage.processes());
    }

    /** One of several that could not be asked. */
    public static ObjectNode of(String instance, KnitException why) {
        ObjectNode json = Json.object().put("instance", instance);
        json.putObject("error").put("code", why.code().wireName()).put("message", why.getMessage());
        return json;
    }

    public static ObjectNode of(String node, HostUsage usage) {
        return Json.object()
                .put("node", node)
                .put("cpus", rounded(usage.cpus()))
                .put("cpu_count", usage.cpuCount())
                .put("memory_bytes", usage.memory())
                .put("memory_total_bytes", usage.memoryTotal())
                .put("disk_bytes", usage.disk())
                .put("disk_total_bytes", usage.diskTotal())
                .put("received_bytes", usage.received())
                .put("sent_bytes", usage.sent());
    }

    private static double rounded(double cpus) {
        return Math.round(cpus * THOUSAND) / THOUSAND;
    }
}
