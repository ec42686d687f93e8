package io.knit.launcher;

import java.util.HashMap;
import java.util.Map;

/** Words of docker, kubectl, nomad and helm for which Knit has another one. */
final class OtherWords {
    /** Knit's, and in place of which: what stands before a comma or a space is a command. */
    private static final Map<String, String> OWN = own(
            "deploy FILE", "apply create up install upgrade start service-create",
            "deploy FILE --set PATH=VALUE", "edit set patch replace update",
            "undeploy NAME", "delete rm remove down uninstall purge kill destroy",
            "undeploy NAME, or knit scale NAME 0", "stop",
            "status", "list ls services service job jobs deployment deployments release",
            "status, knit ps or knit nodes", "get",
            "ps", "pods pod containers container instances tasks",
            "ps, or knit explain INSTANCE", "alloc",
            "status NAME -o json", "inspect",
            "status NAME --watch", "watch",
            "explain NAME", "describe eval",
            "events", "monitor",
            "rollback NAME", "revert undo",
            "status NAME, knit history, knit restart or knit rollback", "rollout",
            "scale NAME REPLICAS", "autoscale",
            "deploy FILE, with ports in it", "expose port",
            "deploy FILE --wait", "wait",
            "plan FILE", "validate lint",
            "init", "new template",
            "node pause NODE", "cordon",
            "node activate NODE", "uncordon",
            "node drain NODE", "drain evict",
            "node label NODE KEY=VALUE", "label taint annotate",
            "nodes", "hosts info cluster-info",
            "nodes, or knit join HOST", "swarm",
            "join HOST", "bootstrap provision add-node kubeadm",
            "open", "ui dashboard",
            "context list", "config",
            "context use NAME", "use use-context",
            "token create", "acl auth",
            "registry set HOST --username NAME", "login",
            "registry rm HOST", "logout",
            "image push IMAGE FILE", "load push import",
            "image ls", "images",
            "image prune", "rmi",
            "image prune, or knit doctor --local", "system prune df",
            "deploy FILE, which has nodes pull its image, or knit image push IMAGE FILE", "pull build",
            "stats", "top",
            "volume ls", "volumes pvc pv",
            "cp NAME:PATH FOLDER, or knit volume snapshot DEPLOYMENT SLOT NAME", "export",
            "file set NAME FILE, or knit var set NAME TEXT", "configmap cm",
            "deploy FILE, with networks in it", "network networks",
            "status NAME, which shows its ports", "port-forward",
            "deploy FOLDER --stack NAME", "stack namespace",
            "--version", "version");

    private OtherWords() {}

    private static Map<String, String> own(String... pairs) {
        Map<String, String> own = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            for (String word : pairs[i + 1].split(" ", -1)) {
                own.put(word, pairs[i]);
            }
        }
        return Map.copyOf(own);
    }

    /** All of Knit's that stand for another. */
    static Map<String, String> all() {
        return OWN;
    }

    /** What Knit has in its place, or empty. */
    static String insteadOf(String word) {
        String own = OWN.get(word);
        return own == null ? "" : "; here it is: knit " + own;
    }
}
