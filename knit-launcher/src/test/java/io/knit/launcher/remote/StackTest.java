package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --prune} takes away, and what it never does. */
class StackTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    private static String spec(String name) {
        return RemoteFleet.spec(name, "update: {min_healthy: 0s}\n");
    }

    private static String[] names() {
        return fleet.done("status", "-o", "name").lines().toArray(String[]::new);
    }

    @Test
    @DisplayName("what left its stack's folder is taken away, and nothing else")
    void pruned() throws IOException {
        String page = fleet.file("shop/page.yaml", spec("page"));
        Path cart = Path.of(fleet.file("shop/cart.yaml", spec("cart")));
        String shop = folder.resolve("shop").toString();
        fleet.done("deploy", fleet.file("alone.yaml", spec("alone")));
        fleet.done("deploy", fleet.file("other/blog.yaml", spec("blog")), "--stack", "blog");

        assertThat(fleet.knit("deploy", shop, "--prune").err()).contains("none is named", "give --stack NAME");
        fleet.done("deploy", shop, "--prune", "--stack", "shop", "--wait");
        assertThat(names()).containsExactly("alone", "blog", "cart", "page");

        Files.delete(cart);
        String rehearsed = fleet.done("deploy", shop, "--prune", "--stack", "shop", "--dry-run");
        assertThat(rehearsed)
                .contains("deploy page changes nothing", "undeploy cart")
                .doesNotContain("alone", "blog");
        assertThat(fleet.done("plan", shop, "--prune", "--stack", "shop")).isEqualTo(rehearsed);
        assertThat(names()).containsExactly("alone", "blog", "cart", "page");

        assertThat(fleet.done("deploy", shop, "--prune", "--stack", "shop", "--wait"))
                .contains("cart is taken away: it is of the stack shop, and in none of the files");
        assertThat(names()).containsExactly("alone", "blog", "page");

        Typed taken = fleet.knit("deploy", page, "--stack", "blog");
        assertThat(taken.err())
                .contains("knit: page is of the stack shop\n      deploy it with that, or undeploy it first\n");
        assertThat(taken.exitCode()).isEqualTo(Exit.REFUSED);

        // deployed anew without the stack, it is nobody's
        fleet.done("deploy", page, "--wait");
        fleet.file("shop/cart.yaml", spec("cart"));
        Files.delete(Path.of(page));
        fleet.done("deploy", shop, "--prune", "--stack", "shop", "--wait");
        assertThat(names()).containsExactly("alone", "blog", "cart", "page");
        fleet.done("undeploy", "alone", "blog", "cart", "page", "--wait");
    }

    @Test
    @DisplayName("the stack may stand in the files; two in one call are refused, and nothing is deployed")
    void inTheFiles() throws IOException {
        String both = fleet.file("both.yaml", spec("a") + "stack: one\n---\n" + spec("b") + "stack: two\n");
        Typed refused = fleet.knit("deploy", both, "--prune");
        assertThat(refused.err()).contains("the files are of several stacks: one, two");
        assertThat(refused.exitCode()).isEqualTo(Exit.USAGE);
        assertThat(names()).isEmpty();

        String first = fleet.file("first.yaml", spec("a") + "stack: one\n---\n" + spec("b") + "stack: one\n");
        fleet.done("deploy", first, "--prune", "--wait");
        fleet.done("deploy", fleet.file("second.yaml", spec("b") + "stack: one\n"), "--prune", "--wait");
        assertThat(names()).containsExactly("b");
        fleet.done("undeploy", "b", "--wait");
    }

    @Test
    @DisplayName("what has not settled keeps what it was to stand for")
    void notSettled() throws IOException {
        fleet.done("deploy", fleet.file("old.yaml", spec("old")), "--stack", "late", "--wait");
        String late = fleet.file("late.yaml", spec("late") + "node_selector: {rack: moon}\n");
        Typed typed = fleet.knit("deploy", late, "--stack", "late", "--prune", "--timeout=200ms");
        assertThat(typed.err()).contains("nothing is taken away of the stack late");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(names()).containsExactly("late", "old");
        fleet.done("undeploy", "late", "old", "--wait");
    }

    @Test
    @DisplayName("--set puts values into one spec, and what the server does not know it refuses with the nearest word")
    void set() throws IOException {
        String web = fleet.file("web.yaml", spec("web"));
        fleet.done(
                "deploy",
                web,
                "--set",
                "replicas=2",
                "--set",
                "env.PORT=8080",
                "--set",
                "ports[0].container_port=80",
                "-w");
        assertThat(fleet.json("status", "web", "-o", "json").path("spec").toString())
                .contains("\"replicas\":2", "\"PORT\":\"8080\"", "\"container_port\":80");
        Typed unknown = fleet.knit("deploy", web, "--set", "replics=2");
        assertThat(unknown.err()).contains("/replics", "did you mean \"replicas\"?");
        assertThat(unknown.exitCode()).isEqualTo(Exit.REFUSED);
        Typed several = fleet.knit("deploy", web, web, "--set", "replicas=2");
        assertThat(several.err()).contains("there are 2 documents, and --set is for one");
        fleet.done("undeploy", "web", "--wait");
    }
}
