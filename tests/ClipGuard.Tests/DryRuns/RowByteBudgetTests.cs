using ClipGuard.DryRuns;

using NUnit.Framework;

namespace ClipGuard.Tests.DryRuns;

[CancelAfter(10_000)]
public sealed class RowByteBudgetTests
{
    [Test]
    public async Task Bytes_over_the_budget_wait_until_some_come_back()
    {
        var budget = new RowByteBudget(10);
        await budget.TakeAsync(6, default);
        Task second = budget.TakeAsync(5, default).AsTask();
        Assert.That(second.IsCompleted, Is.False);

        budget.Return(6);
        await second;
    }

    [Test]
    public async Task A_row_over_the_whole_budget_passes_alone()
    {
        var budget = new RowByteBudget(10);
        await budget.TakeAsync(1, default);
        Task large = budget.TakeAsync(100, default).AsTask();
        Assert.That(large.IsCompleted, Is.False);

        budget.Return(1);
        await large;
        Task next = budget.TakeAsync(1, default).AsTask();
        Assert.That(next.IsCompleted, Is.False);

        budget.Return(100);
        await next;
    }

    [Test]
    public async Task A_wait_can_be_cancelled()
    {
        var budget = new RowByteBudget(10);
        await budget.TakeAsync(10, default);
        using var stop = new CancellationTokenSource();
        Task waiting = budget.TakeAsync(1, stop.Token).AsTask();
        await stop.CancelAsync();

        Assert.That(async () => await waiting, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task More_are_in_flight_only_where_one_holds_them_up()
    {
        var budget = new RowByteBudget(100, 20);
        await budget.TakeAsync(15, CancellationToken.None);
        Task waiting = budget.TakeAsync(15, CancellationToken.None).AsTask();
        Assert.That(waiting.IsCompleted, Is.False);

        budget.HoldUp(true);
        await waiting;
        await budget.TakeAsync(60, CancellationToken.None);
        budget.HoldUp(false);
        Task next = budget.TakeAsync(5, CancellationToken.None).AsTask();
        budget.Return(60);
        Assert.That(next.IsCompleted, Is.False);

        budget.Return(15);
        await next;
    }
}
