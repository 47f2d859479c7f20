using ClipGuard.Media;
using ClipGuard.Media.Native;
using ClipGuard.Supervision.Processes;

using NUnit.Framework;

namespace ClipGuard.Tests.Media;

/// <summary>What the storage does is told apart from a clip that is not there.</summary>
internal sealed class StorageErrorTests
{
    [TestCase(2, null, TestName = "ENOENT: it is not there")]
    [TestCase(20, null, TestName = "ENOTDIR: it is not there")]
    [TestCase(36, null, TestName = "ENAMETOOLONG: it cannot be there")]
    [TestCase(40, null, TestName = "ELOOP: its links lead nowhere")]
    [TestCase(5, StorageError.Failed, TestName = "EIO")]
    [TestCase(107, StorageError.Failed, TestName = "ENOTCONN, a FUSE mount whose program is gone")]
    [TestCase(110, StorageError.Failed, TestName = "ETIMEDOUT, a soft NFS mount")]
    [TestCase(116, StorageError.Failed, TestName = "ESTALE")]
    [TestCase(13, StorageError.Denied, TestName = "EACCES")]
    [TestCase(1, StorageError.Denied, TestName = "EPERM")]
    public void An_error_number_says_whose_it_is(int error, StorageError? storage) => Assert.That(StorageErrors.Of(error), Is.EqualTo(storage));

    [Test]
    public void Only_what_is_missing_can_have_one()
    {
        Assert.That(MessageCheck.Find(new DecoderFault(FaultKind.Missing, DecodeStage.Open, "x") { Storage = StorageError.Failed }), Is.Null);
        Assert.That(MessageCheck.Find(new DecoderFault(FaultKind.Corrupt, DecodeStage.Open, "x") { Storage = StorageError.Failed }), Does.Contain("at once"));
        Assert.That(MessageCheck.Find(new DecoderFault(FaultKind.Missing, DecodeStage.Open, "x") { Storage = (StorageError)9 }), Does.Contain("at once"));
    }
}
