package io.knit.core.wire;

import java.util.List;

/** What an agent saw of its instances; sent again until acknowledged. */
public record StatusReport(int v, String cluster, String node, String identity, List<InstanceStatus> statuses) {
    /** Only these of its statuses. */
    public StatusReport with(List<InstanceStatus> some) {
        return new StatusReport(v, cluster, node, identity, some);
    }

    /** Without the identity. */
    @Override
    public String toString() {
        return "StatusReport[cluster=" + cluster + ", node=" + node + ", identity=***, statuses=" + statuses + "]";
    }
}
