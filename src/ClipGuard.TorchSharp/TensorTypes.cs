using ClipGuard.Loading;

using TorchSharp;

namespace ClipGuard.Torch;

/// <summary>Maps element types to TorchSharp's.</summary>
internal static class TensorTypes
{
    public static torch.ScalarType ToScalarType(this TensorElement element) => element switch
    {
        TensorElement.Float32 => torch.ScalarType.Float32,
        TensorElement.UInt8 => torch.ScalarType.Byte,
        TensorElement.Int32 => torch.ScalarType.Int32,
        _ => torch.ScalarType.Int64,
    };

    public static int ByteSize(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Byte => 1,
        torch.ScalarType.Int64 => 8,
        _ => 4,
    };
}
