package io.knit.launcher;

import java.util.HashMap;
import java.util.Map;

/** Words of docker, kubectl, nomad and helm for which Knit has another one. */
final class OtherWords {
    /** Knit's, and in place of which: what stands before a comma or a space is a command, and {@code node/ls} a word behind one of ours. */
    private static final Map<String, String> OWN = own(
            "deploy FILE", "apply create up install upgrade start service-create",
            "deploy FILE --set PATH=VALUE", "edit set patch replace update",
            "undeploy NAME", "delete rm remove down uninstall purge kill destroy",
            "undeploy NAME, or knit scale NAME 0", "stop",
            "status", "list ls services service job jobs deployment deployments release",
            "status, knit ps or knit nodes", "get",
            "ps", "pods pod containers container instances tasks",
            "ps, or knit explain INSTANCE", "alloc",
            "status NAME", "show",
            "status NAME -o json", "inspect",
            "status NAME --watch", "watch",
            "explain NAME", "describe eval",
            "events", "monitor",
            "logs NAME -f", "tail log",
            "restart NAME", "reload",
            "deploy FILE, with its new name in it", "rename",
            "completion SHELL", "autocomplete",
            "backup FILE", "snapshot",
            "rollback NAME", "revert undo",
            "status NAME, knit history, knit restart or knit rollback", "rollout",
            "scale NAME REPLICAS", "autoscale scaling",
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
            "context list", "config ctx",
            "context use NAME", "use use-context",
            "token create", "acl auth",
            "registry set HOST --username NAME", "login",
            "registry rm HOST", "logout",
            "image push IMAGE FILE", "load push import",
            "image ls", "images search",
            "image prune", "rmi gc",
            "image prune, or knit doctor --local", "system prune df",
            "deploy FILE, which has nodes pull its image, or knit image push IMAGE FILE", "pull build buildx builder",
            "stats", "top",
            "volume ls", "volumes pvc pv",
            "cp NAME:PATH FOLDER, or knit volume snapshot DEPLOYMENT SLOT NAME", "export",
            "file set NAME FILE, or knit var set NAME TEXT", "configmap cm",
            "deploy FILE, with networks in it", "network networks",
            "status NAME, which shows its ports", "port-forward proxy",
            "deploy FOLDER --stack NAME", "stack namespace kustomize",
            "deploy COMPOSE.YAML", "compose docker-compose convert kompose",
            "resume NAME", "unpause",
            "exec NAME COMMAND", "debug shell sh bash ssh enter",
            "nodes -o wide", "agent-info",
            "doctor", "check operator",
            "image push IMAGE FILE, which takes what docker save wrote", "save tag commit",
            "--help", "help options api-resources",
            "--version", "version",
            "nodes", "node/ls node/list node/ps",
            "nodes -o wide", "node/inspect node/info node/status node/describe",
            "node label NODE KEY=VALUE", "node/update node/taint node/meta",
            "node pause NODE, or knit node activate NODE", "node/eligibility",
            "node pause NODE", "node/cordon",
            "node activate NODE", "node/uncordon node/resume",
            "node rm NODE", "node/delete node/remove node/purge",
            "image prune", "image/rm image/rmi image/delete image/remove",
            "image ls -o json", "image/inspect image/history",
            "image push IMAGE FILE", "image/load image/import image/save image/tag",
            "deploy FILE, which has nodes pull its image", "image/pull image/build",
            "deploy FILE, with volumes in it", "volume/create volume/add",
            "volume get DEPLOYMENT SLOT NAME", "volume/inspect volume/show volume/status",
            "volume rm DEPLOYMENT SLOT NAME", "volume/prune volume/delete",
            "var set NAME TEXT", "var/put var/create var/add var/update",
            "var get NAME", "var/inspect var/show var/read",
            "var rm NAME", "var/delete var/purge",
            "secret set NAME", "secret/put secret/create secret/add secret/update",
            "secret get NAME", "secret/inspect secret/show secret/read",
            "secret rm NAME", "secret/delete secret/purge",
            "file set NAME FILE", "file/put file/create file/add file/update",
            "file get NAME", "file/inspect file/show file/read",
            "file rm NAME", "file/delete file/purge",
            "registry set HOST --username NAME", "registry/login registry/create registry/add",
            "registry rm HOST", "registry/logout registry/delete",
            "context add NAME URL", "context/create context/set context/set-context",
            "context list", "context/show context/inspect context/current-context context/get-contexts",
            "context use NAME", "context/use-context context/switch",
            "context rm NAME", "context/delete context/remove context/delete-context",
            "token create", "token/new token/add token/issue token/rotate",
            "token list", "token/get token/inspect token/show",
            "token revoke NAME", "token/delete token/remove",
            "webhook create NAME URL", "webhook/add webhook/new webhook/set",
            "webhook list", "webhook/get webhook/inspect webhook/show",
            "webhook rm NAME", "webhook/delete");

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
        String own = word.contains("/") ? null : OWN.get(word);
        return own == null ? "" : "; here it is: knit " + own;
    }

    /** The same of a word behind one of Knit's: {@code knit node ls}. */
    static String insteadOf(String group, String word) {
        String own = OWN.get(group + "/" + word);
        return own == null ? "" : "; here it is: knit " + own;
    }
}
